/** How many lists and objects may lie in one another: far more than any kind has, far fewer than the stack bears. */
export const maxJsonDepth = 1000

/** Whether a value of JSON is nested deeper than it may be. Looks no deeper. */
export function isTooDeep(value: unknown, allowed = maxJsonDepth): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (allowed === 0) return true
  for (const child of Object.values(value)) if (typeof child === 'object' && isTooDeep(child, allowed - 1)) return true
  return false
}

/** Sets a key of an object, whatever it is called: `__proto__` is a key like any other. */
export function setKey(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}
