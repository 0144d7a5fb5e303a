import { modelSchemas, type V1DeleteOptions } from '@quarterdeck/api'
import {
  badRequest,
  briefJson,
  decodeObject,
  invalid,
  invalidField,
  isRecord,
  notSupportedField,
  type FieldError,
} from '@quarterdeck/api-machinery'
import type { DeleteOptions } from '@quarterdeck/client'

const kindName = 'DeleteOptions'
const policies = ['Foreground', 'Background', 'Orphan'] as const

type Policy = NonNullable<DeleteOptions['propagationPolicy']>

/**
 * The options of a deletion: those of a DeleteOptions body where there is one, and those beside it that the body leaves out. Throws
 * BadRequest for a body of another kind, Invalid for options that no deletion can have.
 * https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#deleteoptions-v1-meta
 */
export function decodeDeleteOptions(body: unknown, beside: DeleteOptions): DeleteOptions & { dryRun: boolean } {
  const given = body === undefined ? {} : decodeBody(body)
  return { ...beside, ...checkedDeleteOptions({ ...given, propagationPolicy: given.propagationPolicy ?? beside.propagationPolicy }) }
}

/** As decodeDeleteOptions, of what was decoded from a body or a query. */
export function checkedDeleteOptions(given: V1DeleteOptions): DeleteOptions & { dryRun: boolean } {
  const { dryRun = [], gracePeriodSeconds, orphanDependents, preconditions, propagationPolicy } = given
  const errors: FieldError[] = []
  if (orphanDependents !== undefined && propagationPolicy !== undefined)
    errors.push(invalidField('propagationPolicy', propagationPolicy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (propagationPolicy !== undefined && !isPolicy(propagationPolicy))
    errors.push(notSupportedField('propagationPolicy', propagationPolicy, [...policies, 'nil']))
  errors.push(...dryRunErrors(dryRun))
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: kindName }, '', errors)
  const legacyPolicy = orphanDependents === undefined ? undefined : orphanDependents ? 'Orphan' : 'Background'
  const policy = propagationPolicy === undefined ? legacyPolicy : (propagationPolicy as Policy)
  return {
    dryRun: dryRun.length > 0,
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(preconditions ? { preconditions: preconditions as DeleteOptions['preconditions'] & {} } : {}),
  }
}

/** The one dry run there is goes through all stages. */
export function dryRunErrors(dryRun: readonly string[]): FieldError[] {
  return dryRun.every((stage) => stage === 'All') ? [] : [notSupportedField('dryRun', dryRun, ['All'])]
}

const isPolicy = (text: string): text is Policy => policies.some((policy) => policy === text)

function decodeBody(body: unknown): V1DeleteOptions {
  if (!isRecord(body)) throw badRequest('the body must be a DeleteOptions object')
  const { kind, apiVersion } = body
  if ((kind !== undefined && kind !== kindName) || (apiVersion !== undefined && typeof apiVersion !== 'string'))
    throw badRequest(`the body of a deletion must be a DeleteOptions object, not ${briefJson(kind)} in ${briefJson(apiVersion)}`)
  const { value, typeErrors } = decodeObject(body, { $ref: 'V1DeleteOptions' }, modelSchemas)
  if (typeErrors.length > 0)
    throw badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${typeErrors.join(', ')}`)
  return value
}
