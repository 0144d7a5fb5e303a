import { dns1123LabelErrors } from '@quarterdeck/api-machinery'

import type { V1JobSpec } from '../generated/types.ts'

/** Of the name of a Job or CronJob, which becomes part of the names of pods. */
export function nameWarnings(name: string): string[] {
  const errors = dns1123LabelErrors(name)
  if (errors.length === 0) return []
  return [
    `metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`,
  ]
}

export function jobSpecWarnings(spec: V1JobSpec | undefined, field: string): string[] {
  const { completionMode, completions = 0, parallelism = 0 } = spec ?? {}
  if (completionMode !== 'Indexed' || completions <= 100_000 || parallelism <= 10_000) return []
  return [
    `${field}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail`,
  ]
}
