import type { Namespaced } from '@quarterdeck/api-machinery'

import { applyJobTemplateDefaults } from '../batch/job-defaults.ts'
import { jobSpecWarnings } from '../batch/job-warnings.ts'
import type { V1CronJob } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn, type Column } from '../kind.ts'
import { humanDuration } from '../pod-spec/human-duration.ts'
import { hasNewSpec, hostnameWarnings } from '../pod-spec/pod-warnings.ts'
import { selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import type { Job } from './job.ts'
import { validateCronJob, validateCronJobCreate, validateCronJobUpdate } from '../validation/cron-job.ts'

export type CronJob = Namespaced<V1CronJob, 'spec' | 'status'>

export const cronJobs = defineKind<CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  plural: 'cronjobs',
  scope: 'Namespaced',
  model: 'V1CronJob',
  shortNames: ['cj'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'Schedule', type: 'string', description: 'When it runs, in Cron format.', priority: 0, value: (o) => o.spec.schedule ?? '' },
    {
      name: 'Timezone',
      type: 'string',
      description: 'The zone in which the schedule is read.',
      priority: 0,
      value: (o) => o.spec.timeZone ?? '<none>',
    },
    {
      name: 'Suspend',
      type: 'boolean',
      description: 'Whether it starts no further Jobs.',
      priority: 0,
      value: (o) => (o.spec.suspend ? 'True' : 'False'),
    },
    { name: 'Active', type: 'integer', description: 'Jobs that are running.', priority: 0, value: (o) => o.status?.active?.length ?? 0 },
    { name: 'Last Schedule', type: 'string', description: 'Time since a Job was last scheduled.', priority: 0, value: lastScheduleText },
    ageColumn,
    ...jobTemplateColumns(),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.concurrencyPolicy ??= 'Allow'
    spec.suspend ??= false
    spec.successfulJobsHistoryLimit ??= 3
    spec.failedJobsHistoryLimit ??= 1
    if (spec.jobTemplate?.spec) applyJobTemplateDefaults(spec.jobTemplate.spec)
  },
  prepareForCreate(object) {
    object.status = {}
  },
  validate: validateCronJob,
  validateCreate: validateCronJobCreate,
  validateUpdate: validateCronJobUpdate,
  warnings: (object, old) => [
    ...(old ? [] : hostnameWarnings(object.metadata.name)),
    ...(hasNewSpec(object, old) ? jobSpecWarnings(object.spec.jobTemplate?.spec, 'spec.jobTemplate.spec') : []),
    ...(old && object.spec.schedule?.includes('TZ') ? [zoneInSchedule] : []),
  ],
})

const zoneInSchedule =
  'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details'

function lastScheduleText({ status }: CronJob, nowMs: number): string {
  return status?.lastScheduleTime ? humanDuration(nowMs - Date.parse(status.lastScheduleTime)) : '<none>'
}

function jobTemplateColumns(): Column<CronJob>[] {
  const jobOf = (object: CronJob): Job => ({ ...object, spec: object.spec.jobTemplate?.spec ?? { template: {} }, status: {} })
  return templateColumns((job: Job) => selectorText(job.spec.selector)).map((column) => ({
    ...column,
    value: (object, nowMs) => column.value(jobOf(object), nowMs),
  }))
}
