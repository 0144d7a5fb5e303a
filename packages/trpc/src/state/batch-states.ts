import type { CronJob, Job } from '@quarterdeck/api'

import { ledByTrouble } from './pod-trouble.ts'
import type { Around, State, Tone } from './state.ts'

/** What the conditions of a Job say, in the order of precedence. */
const jobConditions: readonly { type: string; text: string; tone: Tone }[] = [
  { type: 'Complete', text: 'Complete', tone: 'good' },
  { type: 'Failed', text: 'Failed', tone: 'bad' },
  { type: 'Suspended', text: 'Suspended', tone: 'neutral' },
  { type: 'FailureTarget', text: 'Failing', tone: 'bad' },
  { type: 'SuccessCriteriaMet', text: 'Completing', tone: 'progress' },
]

/** A Job that has failed says why, then what ailed its last pod. */
export function jobState(job: Job, { trouble }: Around): State {
  const own = ownJobState(job)
  if (own.tone === 'good' || own.tone === 'neutral' || !trouble) return own
  // Pods that failed stay, while others go on in their place.
  const isOver = own.tone === 'bad' || (trouble.hasEnded && (job.status?.active ?? 0) > 0)
  if (!isOver) return ledByTrouble(own, trouble, 1)
  return { ...own, reason: [own.reason, trouble.state.reason].filter(Boolean).join('; '), detail: trouble.state.detail }
}

function ownJobState({ spec, status }: Job): State {
  const { conditions = [], active = 0, failed = 0 } = status ?? {}
  for (const { type, text, tone } of jobConditions) {
    const condition = conditions.find((c) => c.type === type && c.status === 'True')
    if (condition) return { text, tone, reason: tone === 'bad' ? failureReason(condition, spec) : undefined }
  }
  if (spec.suspend) return { text: 'Suspended', tone: 'neutral' }
  const reason = failed > 0 ? `${failed} ${failed === 1 ? 'pod has' : 'pods have'} failed, it tries again` : undefined
  if (active === 0) return { text: 'Waiting', tone: 'progress', reason }
  return { text: 'Running', tone: failed > 0 ? 'warning' : 'progress', reason }
}

function failureReason(
  { reason, message }: { reason?: string | undefined; message?: string | undefined },
  spec: Job['spec'],
): string | undefined {
  if (reason === 'DeadlineExceeded') return `it was active longer than its activeDeadlineSeconds of ${spec.activeDeadlineSeconds ?? 0}`
  if (reason === 'BackoffLimitExceeded') return `its pods failed more often than its backoffLimit of ${spec.backoffLimit ?? 6} allows`
  return message
}

export function cronJobState({ spec, status }: CronJob): State {
  const active = status?.active?.length ?? 0
  if (active > 0) return { text: 'Running', tone: 'progress', reason: active > 1 ? `${active} Jobs at once` : undefined }
  return spec.suspend ? { text: 'Suspended', tone: 'neutral' } : { text: 'Scheduled', tone: 'good' }
}
