import {
  persistentVolumeClaims,
  podDisruptionBudgets,
  pods,
  priorityClasses,
  statefulSets,
  type Pod,
  type PodDisruptionBudget,
  type StatefulSet,
  type V2HorizontalPodAutoscaler,
} from '@quarterdeck/api'
import { matchesRequirements, requirementsOf, type KubeObject, type LabelSelector } from '@quarterdeck/api-machinery'

import { podLabelsOf } from './pod-template-of.ts'
import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelationReader } from './relation.ts'

/** A budget and the pods it guards, a pod or a workload and the budgets that guard it. */
export async function budgets(subject: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const { namespace } = subject.object.metadata
  if (subject.kind.resource === podDisruptionBudgets.resource) {
    const test = matcherOf((subject.object as PodDisruptionBudget).spec?.selector)
    const guarded = (await reader.list(pods, namespace)).filter((pod) => test(pod.metadata.labels))
    return [
      groupOf(
        'Pods it guards',
        'unaffected',
        guarded.map((object) => ({ kind: pods, object })),
      ),
    ]
  }
  const labels = podLabelsOf(subject)
  if (!labels || !namespace) return []
  const all = (await reader.list(podDisruptionBudgets, namespace)) as readonly PodDisruptionBudget[]
  const guarding = all.filter(({ spec }) => matcherOf(spec?.selector)(labels))
  return [
    groupOf(
      'Guarded by',
      'unaffected',
      guarding.map((object) => ({ kind: podDisruptionBudgets, object })),
    ),
  ]
}

/** An autoscaler and what it scales. */
export async function autoscaling({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const autoscalers = reader.kinds.find((k) => k.resource === 'horizontalpodautoscalers.autoscaling' && !k.storedAs)
  if (!autoscalers) return []
  const { namespace = '' } = object.metadata
  if (kind.resource === autoscalers.resource) {
    const { scaleTargetRef } = (object as unknown as V2HorizontalPodAutoscaler).spec
    const target = reader.kinds.find((k) => k.kind === scaleTargetRef.kind && k.apiVersion === (scaleTargetRef.apiVersion ?? 'v1'))
    if (!target) return []
    const found = await reader.get(target, namespace, scaleTargetRef.name)
    const item = found ? itemOf({ kind: target, object: found }) : missingItem(target, namespace, scaleTargetRef.name)
    return [{ title: 'Scales', onDelete: 'unaffected', items: [item], total: 1 }]
  }
  if (!kind.scale) return []
  const members = (await reader.list(autoscalers, namespace)).filter((autoscaler) => {
    const { scaleTargetRef } = (autoscaler as unknown as V2HorizontalPodAutoscaler).spec
    return scaleTargetRef.kind === kind.kind && scaleTargetRef.name === object.metadata.name
  })
  return [
    groupOf(
      'Scaled by',
      'breaks',
      members.map((member) => ({ kind: autoscalers, object: member })),
    ),
  ]
}

/** A priority class and the pods that have it. */
export async function priority({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource !== priorityClasses.resource) return []
  const all = (await reader.list(pods)) as readonly Pod[]
  const members = all.filter((pod) => pod.spec.priorityClassName === object.metadata.name)
  return [
    groupOf(
      'Pods of it',
      'unaffected',
      members.map((pod) => ({ kind: pods, object: pod })),
    ),
  ]
}

/** The claims that a StatefulSet made of its templates; they have no owner unless its retention policy says so. */
export async function setClaims({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource !== statefulSets.resource) return []
  const { metadata, spec } = object as StatefulSet
  const templates = (spec.volumeClaimTemplates ?? []).map((template) => `${template.metadata?.name ?? ''}-${metadata.name}-`)
  if (templates.length === 0) return []
  const all = await reader.list(persistentVolumeClaims, metadata.namespace)
  const isOwned = (claim: KubeObject): boolean => claim.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false
  const isOfTemplate = (claim: KubeObject): boolean =>
    templates.some((prefix) => claim.metadata.name.startsWith(prefix) && /^\d+$/.test(claim.metadata.name.slice(prefix.length)))
  // Those that it owns are told of as what it owns.
  const members = all.filter((claim) => isOfTemplate(claim) && !isOwned(claim))
  const goToo = spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete'
  return [
    groupOf(
      'Its claims',
      goToo ? 'deleted' : 'unaffected',
      members.map((claim) => ({ kind: persistentVolumeClaims, object: claim })),
    ),
  ]
}

/** An empty selector of a budget selects every pod, a missing one none. */
function matcherOf(selector: LabelSelector | undefined): (labels: Record<string, string> | undefined) => boolean {
  if (!selector) return () => false
  const requirements = requirementsOf(selector)
  return (labels) => matchesRequirements(requirements, labels)
}
