import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Job } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyJobSpecDefaults, fillGeneratedSelector } from '../batch/job-defaults.ts'
import { hasJobCondition } from '../batch/job-conditions.ts'
import { humanDuration } from '../pod-spec/human-duration.ts'
import { hasNewSpec, hostnameWarnings } from '../pod-spec/pod-warnings.ts'
import { selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateJobStatusUpdate } from '../validation/job-status.ts'
import { validateJobUpdate } from '../validation/job-update.ts'
import { validateJob } from '../validation/job.ts'
import { jobSpecWarnings } from '../batch/job-warnings.ts'

export type Job = Namespaced<V1Job, 'spec' | 'status'>

export const jobs = defineKind<Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  plural: 'jobs',
  scope: 'Namespaced',
  model: 'V1Job',
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  defaultPropagation: 'Orphan',
  propagationWarning:
    'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning',
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Status of the job.', priority: 0, value: statusText },
    { name: 'Completions', type: 'string', description: 'Pods that succeeded, of those wanted.', priority: 0, value: completionsText },
    { name: 'Duration', type: 'string', description: 'Time required to complete the job.', priority: 0, value: durationText },
    ageColumn,
    ...templateColumns((object: Job) => selectorText(object.spec.selector)),
  ],
  selectableFields: { 'status.successful': (o) => String(o.status?.succeeded ?? 0) },
  applyDefaults({ metadata, spec }) {
    if (!spec) return
    const labels = spec.template?.metadata?.labels
    if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
    applyJobSpecDefaults(spec)
    spec.manualSelector ??= false
  },
  prepareForCreate(object) {
    object.status = {}
    fillGeneratedSelector(object)
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatusUpdate,
  warnings: (object, old) => [
    ...(old ? [] : hostnameWarnings(object.metadata.name)),
    ...(hasNewSpec(object, old) ? jobSpecWarnings(object.spec, 'spec') : []),
  ],
})

/** In the order of precedence. */
const shownConditions = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet']

function statusText({ metadata, status }: Job): string {
  const shown = shownConditions.find((type) => hasJobCondition(status, type))
  const hasEnded = shown === 'Complete' || shown === 'Failed'
  if (metadata.deletionTimestamp && !hasEnded) return 'Terminating'
  return shown ?? 'Running'
}

function completionsText({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  const parallelism = spec.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function durationText({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return ''
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs
  return humanDuration(endMs - Date.parse(status.startTime))
}
