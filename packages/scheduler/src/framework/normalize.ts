export const maxScore = 100

/** Scales the first `count` scores so that the largest becomes 100. */
export function normalizeByMax(scores: Float64Array, count: number): void {
  let max = 0
  for (let i = 0; i < count; i++) max = Math.max(max, scores[i]!)
  if (max === 0) return
  for (let i = 0; i < count; i++) scores[i] = Math.floor((scores[i]! * maxScore) / max)
}

/** As normalizeByMax, for counts of which fewer is better: 0 becomes 100, the largest 0. */
export function normalizeReversed(scores: Float64Array, count: number): void {
  let max = 0
  for (let i = 0; i < count; i++) max = Math.max(max, scores[i]!)
  for (let i = 0; i < count; i++) scores[i] = max === 0 ? maxScore : maxScore - Math.floor((scores[i]! * maxScore) / max)
}

/** Scales the first `count` scores so that the smallest becomes 0 and the largest 100; alike ones become 0. */
export function normalizeBetween(scores: Float64Array, count: number): void {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < count; i++) {
    min = Math.min(min, scores[i]!)
    max = Math.max(max, scores[i]!)
  }
  for (let i = 0; i < count; i++) scores[i] = max > min ? Math.trunc((maxScore * (scores[i]! - min)) / (max - min)) : 0
}
