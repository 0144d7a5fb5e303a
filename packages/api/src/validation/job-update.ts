import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import { hasJobCondition } from '../batch/job-conditions.ts'
import type { V1Affinity, V1Container, V1PodSpec, V1PodTemplateSpec } from '../generated/types.ts'
import type { Job } from '../kinds/job.ts'
import { immutableField } from './immutable.ts'

const immutableBefore = ['selector'] as const
const immutableAfter = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'] as const

export function validateJobUpdate(job: Job, old: Job): FieldError[] {
  const immutable = (names: readonly (typeof immutableBefore | typeof immutableAfter)[number][]): FieldError[] =>
    names.flatMap((name) => immutableField(job.spec[name], old.spec[name], `spec.${name}`))
  return [
    ...validateCompletions(job, old),
    ...immutable(immutableBefore),
    ...validateTemplateUpdate(job, old),
    ...immutable(immutableAfter),
  ]
}

/** Only an Indexed Job can get another size: both of its figures at once. */
function validateCompletions({ spec }: Job, { spec: old }: Job): FieldError[] {
  const field = 'spec.completions'
  if (spec.completionMode !== 'Indexed') return immutableField(spec.completions, old.completions, field)
  if (spec.completions === old.completions || spec.completions === undefined || spec.completions === spec.parallelism) return []
  return [invalidField(field, spec.completions, 'can only be modified in tandem with spec.parallelism')]
}

/** The template of a Job that is suspended and has no pods can still be fitted to where its pods are to run. */
function validateTemplateUpdate(job: Job, old: Job): FieldError[] {
  const isSuspended = old.spec.suspend === true
  const isIdle = isSuspended && hasJobCondition(old.status, 'Suspended') && !old.status?.active
  const template = job.spec.template
  if (!isIdle || !template || !old.spec.template) return immutableField(template, old.spec.template, 'spec.template')
  const allowed = withSchedulingOf(old.spec.template, template)
  return immutableField(template.spec, withResourcesOf(allowed.spec, template.spec), 'spec.template.spec')
}

const schedulingFields = ['nodeSelector', 'tolerations', 'schedulingGates'] as const

/** The old template with the new one's labels, annotations and what says on which nodes its pods may run. */
function withSchedulingOf(old: V1PodTemplateSpec, next: V1PodTemplateSpec): V1PodTemplateSpec {
  const spec = { ...old.spec } as V1PodSpec
  for (const field of schedulingFields) assign(spec, field, next.spec?.[field])
  assign(spec, 'affinity', withNodeAffinityOf(old.spec?.affinity, next.spec?.affinity))
  return { metadata: { ...old.metadata, labels: next.metadata?.labels, annotations: next.metadata?.annotations }, spec }
}

function withNodeAffinityOf(old: V1Affinity | undefined, next: V1Affinity | undefined): V1Affinity | undefined {
  const { nodeAffinity: _, ...others } = old ?? {}
  if (!next) return Object.keys(others).length > 0 ? others : undefined
  return next.nodeAffinity ? { ...others, nodeAffinity: next.nodeAffinity } : others
}

function withResourcesOf(old: V1PodSpec | undefined, next: V1PodSpec | undefined): V1PodSpec | undefined {
  if (!old || !next) return old
  const containers = resized(old.containers, next.containers) ?? []
  const initContainers = resized(old.initContainers, next.initContainers)
  return { ...old, containers, ...(initContainers ? { initContainers } : {}) }
}

function resized(old: readonly V1Container[] | undefined, next: readonly V1Container[] | undefined): V1Container[] | undefined {
  return old?.map((container, i) => {
    const counterpart = next?.length === old.length ? next[i] : undefined
    return counterpart?.name === container.name ? { ...container, resources: counterpart.resources } : container
  })
}

/** Absent and undefined fields are not the same to a comparison. */
function assign<T extends object, K extends keyof T>(target: T, field: K, value: T[K] | undefined): void {
  if (value === undefined) delete target[field]
  else target[field] = value
}
