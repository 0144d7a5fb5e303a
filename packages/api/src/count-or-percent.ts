import type { IntOrString } from './generated/types.ts'

/** The number that a count or a percentage of `total` stands for; `round` is Math.ceil or Math.floor. Malformed ones are 0. */
export function resolveCount(value: IntOrString, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value
  const percent = /^(\d+)%$/.exec(value)?.[1]
  return percent === undefined ? 0 : round((Number(percent) * total) / 100)
}
