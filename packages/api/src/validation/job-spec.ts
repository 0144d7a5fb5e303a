import {
  dns1123SubdomainErrors,
  invalidField,
  notSupportedField,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1JobSpec } from '../generated/types.ts'
import { validatePodTemplateSpec } from '../pod-spec/validate-template.ts'
import { nonNegative } from './numbers.ts'
import { validatePodFailurePolicy } from './pod-failure-policy.ts'
import { validateSuccessPolicy } from './success-policy.ts'

const limits = {
  parallelism: 100_000,
  failedIndexes: 100_000,
  /** Above so many completions less may run, and fail, at once. */
  highCompletions: 100_000,
  atHighCompletions: 10_000,
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

/** Of a Job, and of the one in a CronJob, which has no selector yet. */
export function validateJobSpec(spec: V1JobSpec, field: string): FieldError[] {
  const errors = counts.flatMap((count) => nonNegative(spec[count], `${field}.${count}`))
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(requiredField(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'))
  errors.push(...validateManagedBy(spec.managedBy, `${field}.managedBy`))
  errors.push(...validateCompletionMode(spec, field))
  if (spec.podFailurePolicy) errors.push(...validatePodFailurePolicy(spec, `${field}.podFailurePolicy`))
  errors.push(...validateSuccessPolicy(spec, `${field}.successPolicy`))
  errors.push(...validatePodReplacementPolicy(spec, `${field}.podReplacementPolicy`))
  if (!spec.template) return [...errors, requiredField(`${field}.template`)]
  return [
    ...errors,
    ...validatePodTemplateSpec(spec.template, `${field}.template`),
    ...validateRestartPolicy(spec, `${field}.template.spec.restartPolicy`),
  ]
}

function validateCompletionMode(spec: V1JobSpec, field: string): FieldError[] {
  const { completionMode = 'NonIndexed' } = spec
  if (completionMode === 'Indexed') return [...validateIndexed(spec, field), ...validateManyIndexes(spec, field)]
  if (completionMode !== 'NonIndexed') return [notSupportedField(`${field}.completionMode`, completionMode, ['Indexed', 'NonIndexed'])]
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
    .filter((name) => spec[name] !== undefined)
    .map((name) => invalidField(`${field}.${name}`, spec[name], 'requires indexed completion mode'))
}

function validateIndexed({ completions, parallelism = 0, maxFailedIndexes = 0 }: V1JobSpec, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (completions === undefined) errors.push(requiredField(`${field}.completions`, 'when completion mode is Indexed'))
  if (parallelism > limits.parallelism)
    errors.push(atMost(`${field}.parallelism`, parallelism, `${limits.parallelism} when completion mode is Indexed`))
  if (completions !== undefined && maxFailedIndexes > completions)
    errors.push(atMost(`${field}.maxFailedIndexes`, maxFailedIndexes, 'completions'))
  if (maxFailedIndexes > limits.failedIndexes) errors.push(atMost(`${field}.maxFailedIndexes`, maxFailedIndexes, `${limits.failedIndexes}`))
  return errors
}

function validateManyIndexes(spec: V1JobSpec, field: string): FieldError[] {
  const { completions = 0, parallelism = 0, maxFailedIndexes, backoffLimitPerIndex } = spec
  if (completions <= limits.highCompletions || backoffLimitPerIndex === undefined) return []
  const errors: FieldError[] = []
  const why = `${limits.atHighCompletions} when completions are above ${limits.highCompletions} and used with backoff limit per index`
  if (maxFailedIndexes === undefined)
    errors.push(requiredField(`${field}.maxFailedIndexes`, `must be specified when completions is above ${limits.highCompletions}`))
  if (parallelism > limits.atHighCompletions) errors.push(atMost(`${field}.parallelism`, parallelism, why))
  if ((maxFailedIndexes ?? 0) > limits.atHighCompletions) errors.push(atMost(`${field}.maxFailedIndexes`, maxFailedIndexes, why))
  return errors
}

function atMost(field: string, value: unknown, what: string): FieldError {
  return invalidField(field, value, `must be less than or equal to ${what}`)
}

function validatePodReplacementPolicy({ podReplacementPolicy, podFailurePolicy }: V1JobSpec, field: string): FieldError[] {
  const supported = podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed']
  if (podReplacementPolicy === undefined || supported.includes(podReplacementPolicy)) return []
  return [notSupportedField(field, podReplacementPolicy, supported)]
}

function validateRestartPolicy({ template, podFailurePolicy }: V1JobSpec, field: string): FieldError[] {
  const policy = template.spec?.restartPolicy
  if (!policy || policy === 'Always') return [requiredField(field, 'valid values: "OnFailure", "Never"')]
  if (policy !== 'OnFailure' && policy !== 'Never') return [notSupportedField(field, policy, ['Never', 'OnFailure'])]
  if (podFailurePolicy && policy !== 'Never')
    return [invalidField(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
  return []
}

const longestManagedBy = 63
const pathPattern = `[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+`

/** A path with a domain: `acme.io/foo`. */
function validateManagedBy(managedBy: string | undefined, field: string): FieldError[] {
  if (managedBy === undefined) return []
  if (managedBy === '') return [requiredField(field)]
  const [, host = '', path = ''] = /^([^/]*)\/(.*)$/s.exec(managedBy) ?? []
  const errors: FieldError[] = []
  if (!host || !path) errors.push(invalidField(field, managedBy, 'must be a domain-prefixed path (such as "acme.io/foo")'))
  else {
    errors.push(...dns1123SubdomainErrors(host).map((message) => invalidField(field, host, message)))
    if (!new RegExp(`^${pathPattern}$`).test(path))
      errors.push(invalidField(field, path, `Invalid path (regex used for validation is '${pathPattern}')`))
  }
  if (managedBy.length > longestManagedBy) errors.push(tooLongField(field, longestManagedBy))
  return errors
}
