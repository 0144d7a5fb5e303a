import { invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1ResourceQuotaSpec } from '../generated/types.ts'
import type { ResourceQuota } from '../kinds/resource-quota.ts'
import { isQuotaName, quotaResourceNameErrors, resourceAmountErrors } from './resource-names.ts'

const podCompute = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
/** By scope, the standard resources it can be of. */
const scopeResources: Record<string, readonly string[]> = {
  Terminating: podCompute,
  NotTerminating: podCompute,
  NotBestEffort: podCompute,
  PriorityClass: podCompute,
  CrossNamespacePodAffinity: podCompute,
  BestEffort: ['pods'],
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const bareScopes = new Set(['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity'])
const opposites = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
]

export function validateResourceQuota({ spec = {} }: ResourceQuota): FieldError[] {
  return [...validateAmounts(spec.hard, 'spec.hard'), ...validateScopes(spec), ...validateScopeSelector(spec)]
}

export function validateResourceQuotaStatus({ status = {} }: ResourceQuota): FieldError[] {
  return [...validateAmounts(status.hard, 'status.hard'), ...validateAmounts(status.used, 'status.used')]
}

/** What a quota is of stays; what it allows may change. */
export function validateResourceQuotaUpdate({ spec = {} }: ResourceQuota, { spec: old = {} }: ResourceQuota): FieldError[] {
  const [scopes, before] = [new Set(spec.scopes), new Set(old.scopes)]
  return scopes.size === before.size && [...scopes].every((scope) => before.has(scope))
    ? []
    : [invalidField('spec.scopes', spec.scopes ?? null, 'field is immutable')]
}

function validateAmounts(amounts: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => {
    const at = `${field}[${name}]`
    return [...quotaResourceNameErrors(name, at), ...resourceAmountErrors(name, amount, at)]
  })
}

function validateScopes({ scopes = [], hard = {} }: V1ResourceQuotaSpec): FieldError[] {
  const wrong = (why: string): FieldError => invalidField('spec.scopes', scopes, why)
  const errors = scopes.flatMap((scope) => (scope in scopeResources ? misapplied(scope, hard, wrong) : [wrong('unsupported scope')]))
  return [...errors, ...contradictions(scopes, wrong)]
}

function validateScopeSelector({ scopeSelector, hard = {} }: V1ResourceQuotaSpec): FieldError[] {
  const field = 'spec.scopeSelector.matchExpressions'
  const expressions = scopeSelector?.matchExpressions ?? []
  const wrong = (why: string): FieldError => invalidField(field, scopeSelector, why)
  const errors = expressions.flatMap(({ scopeName, operator, values = [] }) => {
    const found =
      scopeName in scopeResources
        ? misapplied(scopeName, hard, wrong)
        : [invalidField(`${field}.scopeName`, scopeName, 'unsupported scope')]
    if (bareScopes.has(scopeName) && operator !== 'Exists')
      found.push(
        invalidField(
          `${field}.operator`,
          operator,
          "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
        ),
      )
    return [...found, ...validateOperator(operator, values, field)]
  })
  const names = expressions.map(({ scopeName }) => scopeName)
  return [...errors, ...contradictions(names, wrong)]
}

function validateOperator(operator: string, values: readonly string[], field: string): FieldError[] {
  if (operator === 'In' || operator === 'NotIn')
    return values.length > 0
      ? []
      : [requiredField(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector")]
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return values.length === 0
      ? []
      : [invalidField(`${field}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector")]
  return [invalidField(`${field}.operator`, operator, 'not a valid selector operator')]
}

const misapplied = (scope: string, hard: Record<string, string>, wrong: (why: string) => FieldError): FieldError[] =>
  Object.keys(hard)
    .filter((name) => isQuotaName(name) && !scopeResources[scope]?.includes(name))
    .map(() => wrong('unsupported scope applied to resource'))

const contradictions = (scopes: readonly string[], wrong: (why: string) => FieldError): FieldError[] =>
  opposites.filter((pair) => pair.every((scope) => scopes.includes(scope))).map(() => wrong('conflicting scopes'))
