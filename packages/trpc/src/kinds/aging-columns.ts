import { cronJobs, jobs, pods, podSummaryOf, type Column, type CronJob, type Job, type Kind, type Pod } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

/**
 * A column of a list. A `duration` is two times with a slash between them, the second empty while it still runs;
 * `restarts` are how many and, after a slash, when the last was; a `usage` has no cell, its figures come beside the rows.
 */
export interface ListColumn extends Omit<Column<KubeObject>, 'type'> {
  type: Column<KubeObject>['type'] | 'duration' | 'restarts' | 'usage'
}

/**
 * Columns whose declared cell is a text that grows old. A row is made once and shown for long, so that lists get the
 * times themselves and the browser lets them age.
 */
const replacements: Readonly<Record<string, Pick<ListColumn, 'type' | 'value'>>> = {
  [`${cronJobs.resource}/Last Schedule`]: { type: 'date', value: (object) => (object as CronJob).status?.lastScheduleTime ?? null },
  [`${pods.resource}/Restarts`]: {
    type: 'restarts',
    value: (object) => {
      const { restarts, lastRestartAt = '' } = podSummaryOf(object as Pod)
      return `${restarts}/${lastRestartAt}`
    },
  },
  [`${jobs.resource}/Duration`]: {
    type: 'duration',
    value: (object) => {
      const { startTime, completionTime, conditions = [] } = (object as Job).status ?? {}
      const failed = conditions.find(({ type, status }) => type === 'Failed' && status === 'True')
      return startTime ? `${startTime}/${completionTime ?? failed?.lastTransitionTime ?? ''}` : null
    },
  },
}

export function withAges(kind: Kind, column: Column<KubeObject>): ListColumn {
  return { ...column, ...replacements[`${kind.resource}/${column.name}`] }
}

/** By length; those that still run come after all others, the latest begun last. */
export function durationSortKey(cell: unknown): number {
  const [from = '', to = ''] = String(cell ?? '').split('/')
  if (!from) return -1
  return to ? Date.parse(to) - Date.parse(from) : Date.parse(from)
}

/** By their number. */
export function restartsSortKey(cell: unknown): number {
  return Number.parseInt(String(cell ?? ''), 10) || 0
}
