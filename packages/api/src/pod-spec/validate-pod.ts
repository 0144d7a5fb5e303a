import { isDeepStrictEqual } from 'node:util'

import { forbiddenField, invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PodSpec } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'
import { containersOf } from './containers-of.ts'
import { validateNarrowing } from './validate-narrowing.ts'
import { validatePodAnnotations, validatePodAnnotationsUpdate } from './validate-pod-annotations.ts'
import { validatePodSpec } from './validate-pod-spec.ts'

export function validatePod(pod: Pod): FieldError[] {
  if (!pod.spec) return []
  return [...validatePodAnnotations(pod), ...validatePodSpec(pod.spec, 'spec'), ...validateTokens(pod.spec), ...validateImages(pod.spec)]
}

/** A template may leave blanks about its images, and its service account to whoever fills it in; a pod may not. */
function validateImages(spec: V1PodSpec): FieldError[] {
  const errors: FieldError[] = []
  for (const { container, path } of containersOf(spec, 'spec')) {
    const { image = '' } = container
    if (image !== image.trim()) errors.push(invalidField(`${path}.image`, image, 'must not have leading or trailing whitespace'))
  }
  for (const [i, { image }] of (spec.volumes ?? []).entries())
    if (image && !image.reference) errors.push(requiredField(`spec.volumes[${i}].image.reference`))
  return errors
}

function validateTokens({ serviceAccountName, volumes = [] }: V1PodSpec): FieldError[] {
  if (serviceAccountName) return []
  return volumes.flatMap(({ projected }, i) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, j) =>
      serviceAccountToken
        ? [
            forbiddenField(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          ]
        : [],
    ),
  )
}

/** What a pod comes without: it cannot be looked into before it runs, nor be on a node while a gate holds it. */
export function validatePodCreate({ spec }: Pod): FieldError[] {
  if (!spec) return []
  return [
    ...(spec.ephemeralContainers?.length ? [forbiddenField('spec.ephemeralContainers', 'cannot be set on create')] : []),
    ...(spec.nodeName && spec.schedulingGates?.length
      ? [forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')]
      : []),
  ]
}

const changeable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** What of a pod can change: images, a deadline that comes or shortens, further tolerations, gates that go. */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors = validatePodAnnotationsUpdate(pod, old)
  for (const list of ['containers', 'initContainers'] as const)
    if ((pod.spec[list]?.length ?? 0) !== (old.spec[list]?.length ?? 0))
      return [forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')]
  const { activeDeadlineSeconds: deadline } = pod.spec
  const before = old.spec.activeDeadlineSeconds
  if (before !== undefined && (deadline === undefined || deadline > before)) {
    errors.push(
      invalidField(
        'spec.activeDeadlineSeconds',
        deadline ?? null,
        deadline === undefined ? 'must not update from a positive integer to nil value' : 'must be less than or equal to previous value',
      ),
    )
  }
  const tolerated = new Set(pod.spec.tolerations?.map(tolerationKey))
  if (old.spec.tolerations?.some((t) => !tolerated.has(tolerationKey(t))))
    errors.push(forbiddenField('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds'))
  const gates = new Set(old.spec.schedulingGates?.map((g) => g.name))
  const isGated = gates.size > 0
  if (isGated) errors.push(...validateNarrowing(pod.spec, old.spec))
  for (const [i, gate] of (pod.spec.schedulingGates ?? []).entries()) {
    if (!gates.has(gate.name))
      errors.push(
        forbiddenField(`spec.schedulingGates[${i}].name`, `only deletion is allowed, but found new scheduling gate '${gate.name}'`),
      )
  }
  if (errors.length > 0 || isDeepStrictEqual(fixedPart(pod.spec, old.spec, isGated), fixedPart(old.spec, old.spec, isGated))) return errors
  return [forbiddenField('spec', `pod updates may not change fields other than ${changeable}`)]
}

/** What tells one toleration from another: all but its seconds. */
function tolerationKey({ key, operator, value, effect }: NonNullable<V1PodSpec['tolerations']>[number]): string {
  return JSON.stringify([key, operator, value, effect])
}

/** The spec without what may differ from the old one. */
function fixedPart(spec: V1PodSpec, old: V1PodSpec, isGated: boolean): unknown {
  const images = (containers: V1PodSpec['initContainers'], from: V1PodSpec['initContainers']): unknown =>
    containers?.map((c, i) => ({ ...c, image: from?.[i]?.image }))
  const { activeDeadlineSeconds: _d, tolerations: _t, schedulingGates: _g, ...rest } = spec
  const mayCorrectGrace = (old.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1
  return {
    ...rest,
    ...(mayCorrectGrace ? { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds } : {}),
    containers: images(spec.containers, old.containers),
    initContainers: images(spec.initContainers, old.initContainers),
    ...(isGated ? { nodeSelector: undefined, affinity: otherAffinity(spec) } : {}),
  }
}

/** What is left of the affinity where that to nodes may differ. */
function otherAffinity({ affinity = {} }: V1PodSpec): unknown {
  const { nodeAffinity: _, ...others } = affinity
  return Object.keys(others).length > 0 ? others : undefined
}
