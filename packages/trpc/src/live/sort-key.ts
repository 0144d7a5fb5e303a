/** Compared with `<`; keys of one column are of one type but for null cells, which are ''. */
export type SortKey = string | number

const digits = 12
/** Most columns hold few values in many rows: a value seen lately has its key, and rows share it. */
const recent = new Map<string, string>()
const maxRecent = 4096
const hasNumber = /\d/
const numbers = /\d+/g

/**
 * A key whose plain order is the order people expect: `web-2` before `web-10`, `3 (5m ago)` before `12`. Numbers stay
 * numbers; in text every run of digits is padded, so that sorting needs no collator.
 */
export function sortKeyOf(value: string | number | boolean | null): SortKey {
  if (typeof value === 'number') return value
  if (value === null) return ''
  const text = String(value)
  let key = recent.get(text)
  if (key === undefined) {
    key = textKey(text.toLowerCase())
    if (recent.size >= maxRecent) recent.clear()
    recent.set(text, key)
  }
  return key
}

function textKey(text: string): string {
  return hasNumber.test(text) ? text.replace(numbers, (run) => run.padStart(digits, '0')) : text
}

/** Numbers before texts, each in their own order. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  if (a === b) return 0
  if (typeof a === typeof b) return a < b ? -1 : 1
  return typeof a === 'number' ? -1 : 1
}

/** Different keys, in the order of `compareSortKeys`. */
export function sortedKeys(keys: Iterable<SortKey>): SortKey[] {
  const counts: number[] = []
  const texts: string[] = []
  for (const key of keys) {
    if (typeof key === 'number') counts.push(key)
    else texts.push(key)
  }
  // Without a comparator texts are compared by code unit, as `<` does, and much faster.
  return [...Float64Array.from(counts).sort(), ...texts.sort()]
}
