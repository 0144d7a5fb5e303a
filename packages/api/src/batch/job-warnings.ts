import type { V1JobSpec } from '../generated/types.ts'
import { templateWarnings } from '../pod-spec/pod-warnings.ts'

export function jobSpecWarnings(spec: V1JobSpec | undefined, field: string): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {}
  const isVast = completionMode === 'Indexed' && completions > 100_000 && parallelism > 10_000
  const vast = isVast ? [vastWarning(field)] : []
  return [...vast, ...templateWarnings(spec?.template, `${field}.template`)]
}

const vastWarning = (field: string): string =>
  `${field}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`
