import { matchesRequirements, requirementsOf, type KubeObject } from '@quarterdeck/api-machinery'

import type { V1PodAffinityTerm, V1ResourceQuotaSpec, V1ScopedResourceSelectorRequirement } from '../generated/types.ts'
import type { Kind } from '../kind.ts'
import { persistentVolumeClaims, type PersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import { pods, type Pod } from '../kinds/pod.ts'
import { qualityOfServiceOf } from '../pod-spec/quality-of-service.ts'

/** Whether an object is of those that a quota's scopes are about. A quota with scopes is never about kinds that have none. */
export function isInQuotaScope({ scopes = [], scopeSelector }: V1ResourceQuotaSpec, kind: Kind, object: KubeObject): boolean {
  const selectors: V1ScopedResourceSelectorRequirement[] = [
    ...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(scopeSelector?.matchExpressions ?? []),
  ]
  return selectors.every((selector) => {
    if (kind.resource === pods.resource) return isPodInScope(selector, object as Pod)
    return kind.resource === persistentVolumeClaims.resource && isClaimInScope(selector, object as PersistentVolumeClaim)
  })
}

function isPodInScope(selector: V1ScopedResourceSelectorRequirement, { spec }: Pod): boolean {
  switch (selector.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return qualityOfServiceOf(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qualityOfServiceOf(spec) !== 'BestEffort'
    case 'PriorityClass':
      return matchesName(selector, spec.priorityClassName)
    case 'CrossNamespacePodAffinity':
      return affinityTerms(spec).some((term) => term.namespaces?.length || term.namespaceSelector !== undefined)
    default:
      return false
  }
}

/** A claim that is being moved to another class is of both. */
function isClaimInScope(selector: V1ScopedResourceSelectorRequirement, { spec, status }: PersistentVolumeClaim): boolean {
  if (selector.scopeName !== 'VolumeAttributesClass') return false
  const names = [
    spec.volumeAttributesClassName,
    status?.currentVolumeAttributesClassName,
    status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
  ].filter(Boolean)
  return names.length === 0 ? matchesName(selector, undefined) : names.some((name) => matchesName(selector, name))
}

function matchesName({ scopeName, operator, values }: V1ScopedResourceSelectorRequirement, name: string | undefined): boolean {
  const requirements = requirementsOf({ matchExpressions: [{ key: scopeName, operator, ...(values ? { values } : {}) }] })
  return matchesRequirements(requirements, name ? { [scopeName]: name } : {})
}

function affinityTerms({ affinity }: Pod['spec']): V1PodAffinityTerm[] {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].flatMap((rules) => [
    ...(rules?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
    ...(rules?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ podAffinityTerm }) => podAffinityTerm),
  ])
}
