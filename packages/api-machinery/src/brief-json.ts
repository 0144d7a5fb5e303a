import { boundedText } from './bounded-text.ts'

const maxLength = 1024
/** Values that are looked at: more are never shown. */
const maxValues = 512

/** A value as JSON for people to read: of a large one the beginning, at a cost that does not grow with it. */
export function briefJson(value: unknown): string {
  return boundedText(JSON.stringify(brief(value, { left: maxValues })) ?? 'null', maxLength)
}

function brief(value: unknown, budget: { left: number }): unknown {
  budget.left--
  if (typeof value === 'string') return boundedText(value, maxLength)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.slice(0, Math.max(0, budget.left)).map((element) => brief(element, budget))
  const fields: [string, unknown][] = []
  for (const key of Object.keys(value)) {
    if (budget.left <= 0) break
    fields.push([boundedText(key, maxLength), brief((value as Record<string, unknown>)[key], budget)])
  }
  return Object.fromEntries(fields)
}
