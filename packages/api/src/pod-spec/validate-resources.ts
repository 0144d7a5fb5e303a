import {
  compareQuantities,
  duplicateField,
  forbiddenField,
  invalidField,
  notSupportedField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1ContainerResizePolicy, V1PodSpec, V1ResourceRequirements } from '../generated/types.ts'
import { containerResourceNameErrors, resourceAmountErrors } from '../validation/resource-names.ts'

const overcommittable = new Set(['cpu', 'memory', 'ephemeral-storage'])
const resizable = ['cpu', 'memory']
const resizeRestarts = ['NotRequired', 'RestartContainer']

/** Requests and limits: known names, no negative amounts, no request above its limit. */
export function validateResources(resources: V1ResourceRequirements | undefined, path: string): FieldError[] {
  const errors: FieldError[] = []
  const { limits = {}, requests = {} } = resources ?? {}
  for (const [list, amounts] of [
    ['limits', limits],
    ['requests', requests],
  ] as const) {
    for (const [name, amount] of Object.entries(amounts)) {
      const at = `${path}.${list}[${name}]`
      errors.push(...containerResourceNameErrors(name, at), ...resourceAmountErrors(name, amount, at))
    }
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name]
    const isFlexible = overcommittable.has(name)
    if (limit === undefined) {
      if (!isFlexible) errors.push(requiredField(`${path}.limits`, 'Limit must be set for non overcommitable resources'))
    } else if (!isFlexible && compareQuantities(request, limit) !== 0)
      errors.push(invalidField(`${path}.requests`, request, `must be equal to ${name} limit of ${limit}`))
    else if (compareQuantities(request, limit) > 0)
      errors.push(invalidField(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`))
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some((name) => name.startsWith('hugepages-')) && !names.includes('cpu') && !names.includes('memory'))
    errors.push(forbiddenField(path, 'HugePages require cpu or memory'))
  return errors
}

/** Resources of a whole pod: what holds of any, and no less of them than its containers limit themselves to. */
export function validatePodResources({ resources, containers, os }: V1PodSpec, path: string): FieldError[] {
  if (!resources || os?.name === 'windows') return []
  const errors: FieldError[] = resources.claims
    ? [forbiddenField(`${path}.claims`, 'claims may not be set for Resources at pod-level')]
    : []
  errors.push(...validateResources(resources, path))
  for (const [i, container] of (containers ?? []).entries()) {
    for (const [name, limit] of Object.entries(container.resources?.limits ?? {})) {
      const ofPod = resources.limits?.[name]
      if (ofPod !== undefined && compareQuantities(limit, ofPod) > 0)
        errors.push(invalidField(`${path}.containers[${i}][${name}].limits`, limit, `must be less than or equal to pod limits of ${ofPod}`))
    }
  }
  return errors
}

/** What a change of resources in place does to a container, by resource. */
export function validateResizePolicy(
  policies: readonly V1ContainerResizePolicy[] | undefined,
  podRestartPolicy: string | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>()
  return (policies ?? []).flatMap(({ resourceName, restartPolicy }, i) => {
    const errors: FieldError[] = []
    if (seen.has(resourceName)) errors.push(duplicateField(`${path}[${i}]`, resourceName))
    seen.add(resourceName)
    errors.push(...oneOf(resourceName, resizable, path), ...oneOf(restartPolicy, resizeRestarts, path))
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.push(invalidField(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    return errors
  })
}

function oneOf(value: string | undefined, allowed: readonly string[], field: string): FieldError[] {
  if (!value) return [requiredField(field)]
  return allowed.includes(value) ? [] : [notSupportedField(field, value, allowed)]
}
