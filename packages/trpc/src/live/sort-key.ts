/** Compared with `<`; keys of one column are of one type but for null cells, which are ''. */
export type SortKey = string | number

const digits = 12
const hasShortNumber = /\d/
const numbers = /\d+/g

/**
 * A key whose plain order is the order people expect: `web-2` before `web-10`, `3 (5m ago)` before `12`. Numbers stay
 * numbers; in text every run of digits is padded, so that sorting needs no collator.
 */
export function sortKeyOf(value: string | number | boolean | null): SortKey {
  if (typeof value === 'number') return value
  if (value === null) return ''
  const text = String(value).toLowerCase()
  return hasShortNumber.test(text) ? text.replace(numbers, (run) => run.padStart(digits, '0')) : text
}

/** Numbers before texts, each in their own order. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0
  if (typeof a === typeof b) return a < b ? -1 : 1
  return typeof a === 'number' ? -1 : 1
}
