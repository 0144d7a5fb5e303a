/** A copy of a value of JSON that shares nothing with it. Far cheaper than structuredClone. Fields that are undefined are left out. */
export function copyJson<T>(value: T): T {
  return copy(value) as T
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copy)
  // A copy of the whole, and then of what is not plain, costs far less than a field at a time.
  const result: Record<string, unknown> = { ...value }
  let isComplete = true
  for (const key of Object.keys(result)) {
    const field = result[key]
    if (typeof field === 'object') result[key] = copy(field)
    else if (field === undefined) isComplete = false
  }
  return isComplete ? result : Object.fromEntries(Object.entries(result).filter(([, field]) => field !== undefined))
}
