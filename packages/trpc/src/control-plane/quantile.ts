import { hasLabels, type Metrics } from './parse-prometheus.ts'

/** How many observations a histogram had up to each bound, in order of the bounds. */
export type Buckets = readonly { bound: number; count: number }[]

/** The buckets of all histograms of a name with these labels, added up. */
export function bucketsOf(metrics: Metrics, name: string, wanted: Readonly<Record<string, string>> = {}): Buckets {
  const counts = new Map<number, number>()
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    if (!hasLabels(labels, wanted)) continue
    const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le'])
    counts.set(bound, (counts.get(bound) ?? 0) + value)
  }
  return [...counts].map(([bound, count]) => ({ bound, count })).toSorted((a, b) => a.bound - b.bound)
}

/** What was observed between two readings; all of it when the process began anew in between. */
export function bucketsSince(before: Buckets, after: Buckets): Buckets {
  const known = new Map(before.map(({ bound, count }) => [bound, count]))
  const since = after.map(({ bound, count }) => ({ bound, count: count - (known.get(bound) ?? 0) }))
  return since.some(({ count }) => count < 0) ? after : since
}

/** Below what the share `q` of the observations is, interpolated in its bucket as Prometheus does; undefined when there was none. */
export function quantileOf(buckets: Buckets, q: number): number | undefined {
  const total = buckets.at(-1)?.count ?? 0
  if (total <= 0) return undefined
  const rank = q * total
  const index = buckets.findIndex(({ count }) => count >= rank)
  const { bound, count } = buckets[index]!
  const below = buckets[index - 1] ?? { bound: 0, count: 0 }
  if (bound === Infinity) return below.bound
  return count === below.count ? bound : below.bound + ((bound - below.bound) * (rank - below.count)) / (count - below.count)
}
