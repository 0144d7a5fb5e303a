import { hasJobCondition, type CronJob, type Job } from '@quarterdeck/api'

/** Finished Jobs beyond those that the history keeps, the oldest first. */
export function beyondHistory({ spec }: CronJob, owned: readonly Job[]): Job[] {
  const oldest = (condition: 'Complete' | 'Failed', limit: number | undefined): Job[] => {
    const finished = owned.filter(({ status, metadata }) => hasJobCondition(status, condition) && !metadata.deletionTimestamp)
    return limit === undefined ? [] : finished.toSorted(byStart).slice(0, Math.max(0, finished.length - limit))
  }
  return [...oldest('Complete', spec.successfulJobsHistoryLimit), ...oldest('Failed', spec.failedJobsHistoryLimit)]
}

/** What never started comes last. */
function byStart(a: Job, b: Job): number {
  const startMs = ({ status }: Job): number => (status.startTime ? Date.parse(status.startTime) : Infinity)
  const difference = startMs(a) - startMs(b)
  return difference < 0 ? -1 : difference > 0 ? 1 : a.metadata.name < b.metadata.name ? -1 : 1
}
