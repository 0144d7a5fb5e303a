import type { CronJob, Job } from '@quarterdeck/api'

import type { State, Tone } from './state.ts'

/** What the conditions of a Job say, in the order of precedence. */
const jobConditions: readonly { type: string; text: string; tone: Tone }[] = [
  { type: 'Complete', text: 'Complete', tone: 'good' },
  { type: 'Failed', text: 'Failed', tone: 'bad' },
  { type: 'Suspended', text: 'Suspended', tone: 'neutral' },
  { type: 'FailureTarget', text: 'Failing', tone: 'bad' },
  { type: 'SuccessCriteriaMet', text: 'Completing', tone: 'progress' },
]

export function jobState({ spec, status }: Job): State {
  const { conditions = [], active = 0, failed = 0 } = status ?? {}
  for (const { type, text, tone } of jobConditions) {
    const condition = conditions.find((c) => c.type === type && c.status === 'True')
    if (condition) return { text, tone, reason: tone === 'bad' ? condition.message : undefined }
  }
  if (spec.suspend) return { text: 'Suspended', tone: 'neutral' }
  if (active === 0) return { text: 'Waiting', tone: 'progress', reason: failed > 0 ? `${failed} pods failed, it tries again` : undefined }
  return { text: 'Running', tone: failed > 0 ? 'warning' : 'progress', reason: failed > 0 ? `${failed} pods failed so far` : undefined }
}

export function cronJobState({ spec, status }: CronJob): State {
  const active = status?.active?.length ?? 0
  if (active > 0) return { text: 'Running', tone: 'progress', reason: active > 1 ? `${active} Jobs at once` : undefined }
  return spec.suspend ? { text: 'Suspended', tone: 'neutral' } : { text: 'Scheduled', tone: 'good' }
}
