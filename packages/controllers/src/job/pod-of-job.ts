import { jobs, type Job, type Pod, type V1Container, type V1PodTemplateSpec } from '@quarterdeck/api'
import type { Draft } from '@quarterdeck/api-machinery'

import { podFromTemplate } from '../replicas/pod-from-template.ts'
import { completionIndexAnnotation } from './indexes.ts'
import { judgeFailure } from './pod-failure-policy.ts'
import { trackingFinalizer } from './tracking.ts'

const failureCountAnnotation = 'batch.kubernetes.io/job-index-failure-count'
const ignoredFailureCountAnnotation = 'batch.kubernetes.io/job-index-ignored-failure-count'
const indexVariable = 'JOB_COMPLETION_INDEX'
/** Leaves room for the server's random suffix in a name of 63 characters. */
const longestPrefix = 58

/** A Pod for one completion, whichever. */
export function podOfJob(job: Job): Draft<Pod> {
  return podFromTemplate(job, jobs, trackedTemplate(job))
}

/** A Pod for the completion `index`, in the place of one that failed if there was one. */
export function podOfIndex(job: Job, index: number, failed: Pod | undefined): Draft<Pod> {
  const template = trackedTemplate(job)
  const { metadata = {}, spec = { containers: [] } } = template
  const annotations = {
    ...metadata.annotations,
    [completionIndexAnnotation]: `${index}`,
    ...(job.spec.backoffLimitPerIndex === undefined ? {} : failureCounts(job, failed)),
  }
  const draft = podFromTemplate(job, jobs, {
    metadata: { ...metadata, annotations, labels: { ...metadata.labels, [completionIndexAnnotation]: `${index}` } },
    spec: {
      ...spec,
      hostname: `${job.metadata.name}-${index}`,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers ? { initContainers: spec.initContainers.map(withIndexVariable) } : {}),
    },
  })
  const suffix = `-${index}-`
  draft.metadata.generateName = job.metadata.name.slice(0, longestPrefix - suffix.length) + suffix
  return draft
}

function trackedTemplate({ spec: { template } }: Job): V1PodTemplateSpec {
  const finalizers = template.metadata?.finalizers ?? []
  return { ...template, metadata: { ...template.metadata, finalizers: [...new Set([...finalizers, trackingFinalizer])] } }
}

function withIndexVariable(container: V1Container): V1Container {
  if (container.env?.some(({ name }) => name === indexVariable)) return container
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${completionIndexAnnotation}']` }
  return { ...container, env: [...(container.env ?? []), { name: indexVariable, valueFrom: { fieldRef } }] }
}

/** The failures of an index are counted in its latest Pod. */
function failureCounts({ spec }: Job, failed: Pod | undefined): Record<string, string> {
  if (!failed) return { [failureCountAnnotation]: '0' }
  const isIgnored = judgeFailure(spec, failed).action === 'Ignore'
  const ignored = ignoredFailuresOf(failed) + Number(isIgnored)
  return {
    [failureCountAnnotation]: `${failuresOf(failed) + Number(!isIgnored)}`,
    ...(ignored > 0 ? { [ignoredFailureCountAnnotation]: `${ignored}` } : {}),
  }
}

/** How often the index of a Pod had failed, and that counted, before this Pod. */
export function failuresOf(pod: Pod): number {
  return countIn(pod, failureCountAnnotation)
}

export function ignoredFailuresOf(pod: Pod): number {
  return countIn(pod, ignoredFailureCountAnnotation)
}

function countIn(pod: Pod, annotation: string): number {
  const text = pod.metadata.annotations?.[annotation] ?? ''
  return /^\d{1,9}$/.test(text) ? Number(text) : 0
}
