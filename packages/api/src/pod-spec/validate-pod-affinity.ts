import {
  dns1123LabelErrors,
  forbiddenField,
  invalidField,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PodAffinity, V1PodAffinityTerm, V1PodSpec } from '../generated/types.ts'
import { validateLabelSelector } from './validate-selector.ts'

/** Terms that draw a pod to, or keep it from, places where other pods are. */
export function validatePodAffinities({ affinity }: V1PodSpec, path: string): FieldError[] {
  return [
    ...validateAffinity(affinity?.podAffinity, `${path}.podAffinity`),
    ...validateAffinity(affinity?.podAntiAffinity, `${path}.podAntiAffinity`),
  ]
}

function validateAffinity(affinity: V1PodAffinity | undefined, path: string): FieldError[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required = [], preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } =
    affinity ?? {}
  return [
    ...required.flatMap((term, i) => validateTerm(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`)),
    ...preferred.flatMap(({ weight, podAffinityTerm }, i) => {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${i}]`
      const isInRange = weight > 0 && weight <= 100
      return [
        ...(isInRange ? [] : [invalidField(`${at}.weight`, weight, 'must be in the range 1-100')]),
        ...validateTerm(podAffinityTerm, `${at}.podAffinityTerm`),
      ]
    }),
  ]
}

function validateTerm(term: V1PodAffinityTerm | undefined, at: string): FieldError[] {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '', matchLabelKeys, mismatchLabelKeys } = term ?? {}
  const errors: FieldError[] = []
  if (labelSelector) errors.push(...validateLabelSelector(labelSelector, `${at}.labelSelector`))
  if (namespaceSelector) errors.push(...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`))
  for (const name of namespaces) errors.push(...dns1123LabelErrors(name).map((m) => invalidField(`${at}.namespace`, name, m)))
  for (const [field, keys] of Object.entries({ matchLabelKeys, mismatchLabelKeys }))
    if (keys?.length && !labelSelector) errors.push(forbiddenField(`${at}.${field}`, 'must not be specified when labelSelector is not set'))
  if (!topologyKey) errors.push(requiredField(`${at}.topologyKey`, 'can not be empty'))
  return [...errors, ...qualifiedNameErrors(topologyKey).map((m) => invalidField(`${at}.topologyKey`, topologyKey, m))]
}
