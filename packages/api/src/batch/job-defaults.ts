import type { V1JobSpec } from '../generated/types.ts'
import type { Job } from '../kinds/job.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'

/** Labels by which a Job knows its pods. Those without a domain are of old and still set. */
export const jobLabels = {
  name: ['batch.kubernetes.io/job-name', 'job-name'],
  uid: ['batch.kubernetes.io/controller-uid', 'controller-uid'],
} as const

const maxInt32 = 2 ** 31 - 1

/** Defaults of a Job. Mutates. */
export function applyJobSpecDefaults(spec: V1JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : maxInt32
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'
  applyJobTemplateDefaults(spec)
}

/** Defaults of the Job in a CronJob, which gets the others when it becomes one. Mutates. */
export function applyJobTemplateDefaults(spec: V1JobSpec): void {
  for (const rule of spec.podFailurePolicy?.rules ?? []) for (const pattern of rule.onPodConditions ?? []) pattern.status ||= 'True'
  applyPodTemplateDefaults(spec.template)
}

/** Makes a new Job select the pods that carry its uid, unless it says that it selects for itself. Mutates. */
export function fillGeneratedSelector({ metadata, spec }: Job): void {
  if (spec.manualSelector || !spec.template) return
  const labels = ((spec.template.metadata ??= {}).labels ??= {})
  for (const label of jobLabels.name) labels[label] ??= metadata.name
  for (const label of jobLabels.uid) labels[label] ??= metadata.uid
  const matchLabels = ((spec.selector ??= {}).matchLabels ??= {})
  matchLabels[jobLabels.uid[0]] ??= metadata.uid
}
