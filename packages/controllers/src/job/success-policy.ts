import { countCommonIndexes, countIndexes, type IndexIntervals, type V1JobSpec } from '@quarterdeck/api'

import { storedIndexes } from './indexes.ts'

/** The message of the first rule that the succeeded indexes satisfy. */
export function satisfiedRule(spec: V1JobSpec, succeeded: IndexIntervals): string | undefined {
  if (succeeded.length === 0) return undefined
  const total = countIndexes(succeeded)
  const i = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount = Infinity }) => {
    if (succeededIndexes === undefined) return total >= succeededCount
    const wanted = storedIndexes(succeededIndexes, spec.completions ?? 0)
    const common = countCommonIndexes(wanted, succeeded)
    return wanted.length > 0 && (common === countIndexes(wanted) || common >= succeededCount)
  })
  return i < 0 ? undefined : `Matched rules at index ${i}`
}
