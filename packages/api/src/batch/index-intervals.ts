/** Completion indexes from `first` to `last`, both included. */
export interface IndexInterval {
  first: number
  last: number
}

/** Ascending and disjoint. */
export type IndexIntervals = readonly IndexInterval[]

/** Reads `1,3-5,7`. Throws Error, worded as Kubernetes words it, if it isn't that or has an index of `completions` or above. */
export function parseIndexIntervals(text: string, completions: number): IndexIntervals {
  const intervals: IndexInterval[] = []
  if (text === '') return intervals
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions)
    const previous = intervals.at(-1)?.last
    if (previous !== undefined && previous >= interval.first)
      throw new Error(`non-increasing order, previous: ${previous}, current: ${interval.first}`)
    intervals.push(interval)
  }
  return intervals
}

function parseInterval(part: string, completions: number): IndexInterval {
  const limits = part.split('-')
  if (limits.length > 2)
    throw new Error(
      `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
    )
  const [first = 0, last] = limits.map((text) => indexOf(text, completions))
  if (last === undefined) return { first, last: first }
  if (first >= last) throw new Error(`non-increasing order, previous: ${first}, current: ${last}`)
  return { first, last }
}

function indexOf(text: string, completions: number): number {
  if (!/^\d+$/.test(text)) throw new Error(`cannot convert string to integer for index: ${JSON.stringify(text)}`)
  if (Number(text) >= completions) throw new Error(`too large index: ${JSON.stringify(text)}`)
  return Number(text)
}

export function countIndexes(intervals: IndexIntervals): number {
  return intervals.reduce((total, { first, last }) => total + last - first + 1, 0)
}

/** How many indexes are in both. */
export function countCommonIndexes(a: IndexIntervals, b: IndexIntervals): number {
  let [i, j, common] = [0, 0, 0]
  for (let [x, y] = [a[0], b[0]]; x && y; [x, y] = [a[i], b[j]]) {
    common += Math.max(0, Math.min(x.last, y.last) - Math.max(x.first, y.first) + 1)
    if (x.last <= y.last) i++
    else j++
  }
  return common
}
