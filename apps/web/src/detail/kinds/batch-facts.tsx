import type { V1CronJob, V1Job, V1JobSpec } from '@quarterdeck/api'

import { Duration } from '../../console/time.tsx'
import type { Fact } from '../facts.tsx'
import { Since } from './workload-facts.tsx'

export function jobFacts({ spec, status }: V1Job): Fact[] {
  const { startTime, completionTime, active = 0, succeeded = 0, failed = 0, terminating, completedIndexes, failedIndexes } = status ?? {}
  return [
    ['Pods', `${active} active · ${succeeded} succeeded · ${failed} failed${terminating ? ` · ${terminating} terminating` : ''}`],
    ['Started', startTime && <Since key="started" time={startTime} />],
    ['Took', startTime && <Duration key="took" from={startTime} to={completionTime} />],
    ['Indexes done', completedIndexes],
    ['Indexes failed', failedIndexes],
    ...jobSpecFacts(spec),
    ['Managed by', spec?.managedBy],
  ]
}

function jobSpecFacts(spec: V1JobSpec | undefined): Fact[] {
  if (!spec) return []
  const { completions, parallelism = 1, completionMode, backoffLimit = 6, backoffLimitPerIndex } = spec
  return [
    ['Completions', `${completions ?? 'any one'} wanted, ${parallelism} at a time${completionMode === 'Indexed' ? ', indexed' : ''}`],
    ['Tries again', backoffLimitPerIndex === undefined ? timesText(backoffLimit) : `${timesText(backoffLimitPerIndex)} for each index`],
    ['Deadline', spec.activeDeadlineSeconds === undefined ? undefined : `${spec.activeDeadlineSeconds} s after its start`],
    ['Deleted', spec.ttlSecondsAfterFinished === undefined ? undefined : `${spec.ttlSecondsAfterFinished} s after it finished`],
    ['Replaces pods', spec.podReplacementPolicy === 'Failed' ? 'when they have ended' : undefined],
    [
      'Pod failures',
      spec.podFailurePolicy &&
        spec.podFailurePolicy.rules.map(({ action, onExitCodes, onPodConditions }) => (
          <div key={JSON.stringify([action, onExitCodes, onPodConditions])}>
            {action}{' '}
            <span className="text-muted">
              {onExitCodes && `on exit codes ${onExitCodes.operator} ${onExitCodes.values.join(', ')}`}
              {onPodConditions && `on ${onPodConditions.map(({ type }) => type).join(', ')}`}
            </span>
          </div>
        )),
    ],
  ]
}

function timesText(times: number): string {
  return times === 0 ? 'not' : times === 1 ? 'once' : `${times} times`
}

const concurrency: Readonly<Record<string, string>> = {
  Allow: 'runs may overlap',
  Forbid: 'a run is skipped while the one before it is not done',
  Replace: 'a run takes the place of one that is not done',
}

export function cronJobFacts({ spec, status }: V1CronJob): Fact[] {
  if (!spec) return []
  return [
    [
      'Schedule',
      <span key="schedule">
        <code className="font-mono text-xs">{spec.schedule}</code>{' '}
        <span className="text-muted">{spec.timeZone ?? 'in the time zone of the worker'}</span>
      </span>,
    ],
    ['Suspended', spec.suspend && 'it starts no Jobs until it is resumed'],
    ['Last run', status?.lastScheduleTime ? <Since key="last" time={status.lastScheduleTime} /> : 'none yet'],
    ['Last success', status?.lastSuccessfulTime && <Since key="success" time={status.lastSuccessfulTime} />],
    ['Overlap', concurrency[spec.concurrencyPolicy ?? 'Allow']],
    ['Starts at most', spec.startingDeadlineSeconds === undefined ? undefined : `${spec.startingDeadlineSeconds} s late`],
    ['Keeps', `${spec.successfulJobsHistoryLimit ?? 3} successful and ${spec.failedJobsHistoryLimit ?? 1} failed Jobs`],
    ...jobSpecFacts(spec.jobTemplate.spec),
  ]
}
