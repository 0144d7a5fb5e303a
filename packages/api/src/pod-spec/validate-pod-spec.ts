import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicateField,
  invalidField,
  labelMapErrors,
  labelValueErrors,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PodSpec, V1Toleration } from '../generated/types.ts'
import { validateContainers } from './validate-container.ts'
import { validateDnsConfig, validateHostAliases } from './validate-dns.ts'
import { validatePodAffinities } from './validate-pod-affinity.ts'
import { validateHost } from './validate-host.ts'
import { validateNodeSelector, validateNodeSelectorTerm } from './validate-node-selector.ts'
import { validateOs } from './validate-os.ts'
import { validateResourceClaims } from './validate-resource-claims.ts'
import { validatePodResources, validateResources } from './validate-resources.ts'
import { validatePodSecurityContext } from './validate-security.ts'
import { validateTopologySpread } from './validate-spread.ts'
import { validateVolumes } from './validate-volume.ts'
import { validateHostProcesses } from './validate-windows-options.ts'

const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None']
const restartPolicies = ['Always', 'OnFailure', 'Never']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** The rules of a pod spec, wherever it stands (core ValidatePodSpec). */
export function validatePodSpec(spec: V1PodSpec, field: string): FieldError[] {
  const errors = [...validateVolumes(spec, field), ...validateContainers(spec, field)]
  if (!restartPolicies.includes(spec.restartPolicy ?? ''))
    errors.push(notSupportedField(`${field}.restartPolicy`, spec.restartPolicy ?? '', restartPolicies))
  if (!dnsPolicies.includes(spec.dnsPolicy ?? '')) errors.push(notSupportedField(`${field}.dnsPolicy`, spec.dnsPolicy ?? '', dnsPolicies))
  const { activeDeadlineSeconds } = spec
  if (activeDeadlineSeconds !== undefined && (activeDeadlineSeconds < 1 || activeDeadlineSeconds > 2 ** 31 - 1)) {
    errors.push(invalidField(`${field}.activeDeadlineSeconds`, activeDeadlineSeconds, 'must be between 1 and 2147483647, inclusive'))
  }
  for (const name of ['hostname', 'subdomain'] as const) {
    const value = spec[name]
    if (value) errors.push(...dns1123LabelErrors(value).map((m) => invalidField(`${field}.${name}`, value, m)))
  }
  for (const name of ['nodeName', 'serviceAccountName', 'priorityClassName', 'runtimeClassName'] as const) {
    const value = spec[name]
    if (value || (name === 'runtimeClassName' && value !== undefined))
      errors.push(...dns1123SubdomainErrors(value).map((m) => invalidField(`${field}.${name}`, value, m)))
  }
  errors.push(...labelMapErrors(spec.nodeSelector, `${field}.nodeSelector`))
  if (spec.preemptionPolicy !== undefined && !preemptionPolicies.includes(spec.preemptionPolicy))
    errors.push(
      spec.preemptionPolicy
        ? notSupportedField(`${field}.preemptionPolicy`, spec.preemptionPolicy, preemptionPolicies)
        : requiredField(`${field}.preemptionPolicy`),
    )
  for (const [i, { conditionType = '' }] of (spec.readinessGates ?? []).entries())
    errors.push(
      ...qualifiedNameErrors(conditionType).map((m) => invalidField(`${field}.readinessGates[${i}].conditionType`, conditionType, m)),
    )
  return [
    ...errors,
    ...validateSchedulingGates(spec, `${field}.schedulingGates`),
    ...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`),
    ...validateDnsConfig(spec, `${field}.dnsConfig`),
    ...validateHostAliases(spec.hostAliases, `${field}.hostAliases`),
    ...validateNodeAffinity(spec, `${field}.affinity.nodeAffinity`),
    ...validatePodAffinities(spec, `${field}.affinity`),
    ...validateTopologySpread(spec.topologySpreadConstraints, `${field}.topologySpreadConstraints`),
    ...validatePodSecurityContext(spec, `${field}.securityContext`),
    ...validateHostProcesses(spec, field),
    ...validateHost(spec, field),
    ...validateOs(spec, field),
    ...validateResourceClaims(spec.resourceClaims, `${field}.resourceClaims`),
    ...validateResources({ limits: spec.overhead }, `${field}.overhead`),
    ...validatePodResources(spec, `${field}.resources`),
  ]
}

function validateSchedulingGates({ schedulingGates = [] }: V1PodSpec, path: string): FieldError[] {
  const names = new Set<string>()
  return schedulingGates.flatMap(({ name = '' }, i) => {
    const errors: FieldError[] = qualifiedNameErrors(name).map((m) => invalidField(`${path}[${i}]`, name, m))
    if (names.has(name)) errors.push(duplicateField(`${path}[${i}]`, name))
    names.add(name)
    return errors
  })
}

export function validateTolerations(tolerations: readonly V1Toleration[], path: string): FieldError[] {
  return tolerations.flatMap((t, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = t.key ? qualifiedNameErrors(t.key).map((m) => invalidField(`${at}.key`, t.key, m)) : []
    const operator = t.operator || 'Equal'
    if (!t.key && operator !== 'Exists')
      errors.push(
        invalidField(
          `${at}.operator`,
          t.operator ?? '',
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      )
    if (operator !== 'Equal' && operator !== 'Exists') errors.push(notSupportedField(`${at}.operator`, operator, ['Equal', 'Exists']))
    if (operator === 'Exists' && t.value)
      errors.push(invalidField(`${at}.operator`, t.value, "value must be empty when `operator` is 'Exists'"))
    if (operator === 'Equal' && t.value) {
      const wrong = labelValueErrors(t.value)
      if (wrong.length > 0) errors.push(invalidField(`${at}.operator`, t.value, wrong.join(';')))
    }
    if (t.tolerationSeconds !== undefined && t.effect !== 'NoExecute')
      errors.push(invalidField(`${at}.effect`, t.effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    if (t.effect && !taintEffects.includes(t.effect)) errors.push(notSupportedField(`${at}.effect`, t.effect, taintEffects))
    return errors
  })
}

function validateNodeAffinity({ affinity }: V1PodSpec, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } =
    affinity?.nodeAffinity ?? {}
  const errors: FieldError[] = []
  if (required) errors.push(...validateNodeSelector(required, `${path}.requiredDuringSchedulingIgnoredDuringExecution`))
  for (const [i, { weight, preference }] of (preferred ?? []).entries()) {
    const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`
    if (weight < 1 || weight > 100) errors.push(invalidField(`${at}.weight`, weight, 'must be in the range 1-100'))
    errors.push(...validateNodeSelectorTerm(preference ?? {}, `${at}.preference`))
  }
  return errors
}
