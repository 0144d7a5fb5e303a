import type { IndexInterval, IndexIntervals, Pod } from '@quarterdeck/api'

export const completionIndexAnnotation = 'batch.kubernetes.io/job-completion-index'

/** The completion index of a Pod, if it has one below `completions`. */
export function indexOf(pod: Pod, completions = Infinity): number | undefined {
  const text = pod.metadata.annotations?.[completionIndexAnnotation] ?? ''
  return /^\d+$/.test(text) && Number(text) < completions ? Number(text) : undefined
}

export function indexesOf(pods: readonly Pod[], completions?: number): Set<number> {
  const indexes = new Set<number>()
  for (const pod of pods) {
    const index = indexOf(pod, completions)
    if (index !== undefined) indexes.add(index)
  }
  return indexes
}

/** Reads what a status says. Indexes that the Job has no longer are left out, and so is what is no interval. */
export function storedIndexes(text: string | undefined, completions: number): IndexIntervals {
  const intervals: IndexInterval[] = []
  for (const part of text ? text.split(',') : []) {
    const [first = NaN, last = first] = part.split('-').map(Number)
    if (Number.isInteger(first) && Number.isInteger(last) && first < completions)
      intervals.push({ first, last: Math.min(last, completions - 1) })
  }
  return merged(intervals)
}

export function withIndexes(intervals: IndexIntervals, indexes: Iterable<number>): IndexIntervals {
  const added = [...indexes].map((index) => ({ first: index, last: index }))
  return added.length === 0 ? intervals : merged([...intervals, ...added])
}

export function union(a: IndexIntervals, b: IndexIntervals): IndexIntervals {
  return merged([...a, ...b])
}

function merged(intervals: readonly IndexInterval[]): IndexIntervals {
  const result: IndexInterval[] = []
  for (const { first, last } of intervals.toSorted((a, b) => a.first - b.first)) {
    const previous = result.at(-1)
    if (previous && first <= previous.last + 1) previous.last = Math.max(previous.last, last)
    else result.push({ first, last })
  }
  return result
}

export function hasIndex(intervals: IndexIntervals, index: number): boolean {
  let [from, to] = [0, intervals.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (intervals[middle]!.last < index) from = middle + 1
    else to = middle
  }
  return (intervals[from]?.first ?? Infinity) <= index
}

/** `0,2,3,5-9`: two neighbours are listed, more are a range. */
export function formatIndexes(intervals: IndexIntervals): string {
  return intervals
    .map(({ first, last }) => (first === last ? `${first}` : last === first + 1 ? `${first},${last}` : `${first}-${last}`))
    .join(',')
}

/** The lowest `count` indexes below `completions` that are not in `taken`. */
export function firstFreeIndexes(taken: IndexIntervals, completions: number, count: number): number[] {
  const free: number[] = []
  let next = 0
  for (const { first, last } of [...taken, { first: completions, last: completions }]) {
    for (; next < Math.min(first, completions) && free.length < count; next++) free.push(next)
    next = Math.max(next, last + 1)
  }
  return free
}
