/** Reads what extenders answer: most are written in Go, which takes field names in any case and leaves out what is empty. */

/** A field of an object, whatever its case; undefined if it or the object is not there. */
export function recordIn(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  const record = value as Record<string, unknown>
  if (field in record) return record[field]
  const key = Object.keys(record).find((name) => name.toLowerCase() === field.toLowerCase())
  return key === undefined ? undefined : record[key]
}

export const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The text of a field; undefined if there is none. */
export function textIn(value: unknown, field: string): string | undefined {
  const found = recordIn(value, field)
  return typeof found === 'string' && found !== '' ? found : undefined
}

export const stringIn = (value: unknown, field: string): string => textIn(value, field) ?? ''

export function numberIn(value: unknown, field: string): number {
  const found = recordIn(value, field)
  return typeof found === 'number' ? found : 0
}
