import { invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import { parseCronSchedule } from '../batch/cron-schedule.ts'
import { isTimeZone } from '../batch/time-zone.ts'
import type { V1JobTemplateSpec } from '../generated/types.ts'
import type { CronJob } from '../kinds/cron-job.ts'
import { validateJobSpec } from './job-spec.ts'
import { nonNegative } from './numbers.ts'

const policies = ['Allow', 'Forbid', 'Replace']

export function validateCronJob({ spec }: CronJob): FieldError[] {
  if (!spec) return []
  const { schedule, concurrencyPolicy, jobTemplate } = spec
  return [
    ...(schedule ? validateSchedule(schedule) : [requiredField('spec.schedule')]),
    ...nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds'),
    ...validateTimeZone(spec.timeZone, 'spec.timeZone'),
    ...validatePolicy(concurrencyPolicy),
    ...(jobTemplate ? validateJobTemplate(jobTemplate, 'spec.jobTemplate') : [requiredField('spec.jobTemplate')]),
    ...nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit'),
    ...nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit'),
  ]
}

const longestName = 52

/** A Job of it has eleven characters more. Longer names of old may stay. */
export function validateCronJobCreate({ metadata, spec }: CronJob): FieldError[] {
  return [
    ...(spec?.schedule?.includes('TZ') ? [zoneInSchedule(spec.schedule)] : []),
    // Whoever creates without a name is told so by the rules of metadata.
    ...((metadata.name ?? '').length > longestName
      ? [invalidField('metadata.name', metadata.name, `must be no more than ${longestName} characters`)]
      : []),
  ]
}

/** A schedule of old may keep its zone. */
export function validateCronJobUpdate({ spec }: CronJob, { spec: old }: CronJob): FieldError[] {
  const { schedule, timeZone } = spec
  if (!schedule?.includes('TZ')) return []
  if (!old.schedule.includes('TZ')) return [zoneInSchedule(schedule)]
  return timeZone === undefined
    ? []
    : [invalidField('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')]
}

function zoneInSchedule(schedule: string): FieldError {
  return invalidField('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
}

function validateSchedule(schedule: string): FieldError[] {
  try {
    parseCronSchedule(schedule)
    return []
  } catch (error) {
    return [invalidField('spec.schedule', schedule, (error as Error).message)]
  }
}

function validateTimeZone(timeZone: string | undefined, field: string): FieldError[] {
  if (timeZone === undefined) return []
  if (timeZone === '') return [invalidField(field, timeZone, 'timeZone must be nil or non-empty string')]
  const isWellFormed = timeZone
    .split('/')
    .every((part) => /^[A-Za-z._0-9+][A-Za-z._0-9+-]{0,13}$/.test(part) && part !== '.' && part !== '..')
  if (isWellFormed && timeZone.toLowerCase() === 'local')
    return [invalidField(field, timeZone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')]
  return isWellFormed && isTimeZone(timeZone) ? [] : [invalidField(field, timeZone, `unknown time zone ${timeZone}`)]
}

function validatePolicy(policy: string | undefined): FieldError[] {
  if (!policy) return [requiredField('spec.concurrencyPolicy')]
  return policies.includes(policy) ? [] : [notSupportedField('spec.concurrencyPolicy', policy, policies)]
}

function validateJobTemplate({ spec }: V1JobTemplateSpec, field: string): FieldError[] {
  if (!spec) return [requiredField(`${field}.spec.template`)]
  const errors = validateJobSpec(spec, `${field}.spec`)
  if (spec.selector) errors.push(invalidField(`${field}.spec.selector`, spec.selector, '`selector` will be auto-generated'))
  if (spec.manualSelector) errors.push(notSupportedField(`${field}.spec.manualSelector`, true, ['nil', 'false']))
  return errors
}
