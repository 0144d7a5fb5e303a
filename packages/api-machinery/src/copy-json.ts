/** A copy of a value of JSON that shares nothing with it. Fields that are undefined are left out. Far cheaper than structuredClone. */
export function copyJson<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  const result: Record<string, unknown> = {}
  const fields = value as Record<string, unknown>
  for (const key of Object.keys(fields)) if (fields[key] !== undefined) setOwn(result, key, copy(fields[key]))
  return result
}

/** Sets a field of an object made of data from outside, whose keys may have any name: `__proto__` is one like any other. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
