import { controllerOf } from '@quarterdeck/api-machinery'

import type { V1PodResourceClaim, V1ResourceClaimConsumerReference } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'
import type { ResourceClaim } from '../kinds/resource-claim.ts'
import { maxClaimConsumers } from '../validation/resource-claim.ts'

/** On a claim that was made for a pod: what the pod calls it. */
export const podResourceClaimAnnotation = 'resource.kubernetes.io/pod-claim-name'
/** Keeps a claim while it has devices that the scheduler gave it. */
export const resourceClaimFinalizer = 'resource.kubernetes.io/delete-protection'

/** Name of the claim that is meant: '' if it was found to need none, undefined if it is not made yet. */
export function resourceClaimNameOf(pod: Pod, { name, resourceClaimName }: V1PodResourceClaim): string | undefined {
  if (resourceClaimName !== undefined) return resourceClaimName
  const made = pod.status.resourceClaimStatuses?.find((status) => status.name === name)
  return made && (made.resourceClaimName ?? '')
}

/** Names of the claims that a pod has, those that are not made yet left out. */
export function resourceClaimNamesOf(pod: Pod): string[] {
  const names = (pod.spec.resourceClaims ?? []).map((claim) => resourceClaimNameOf(pod, claim)).filter((name) => Boolean(name))
  return [...new Set(names as string[])]
}

/** What is wrong with a claim that was made from a template: it is another pod's; undefined if it is this one's. */
export function foreignResourceClaimProblem(pod: Pod, claim: ResourceClaim): string | undefined {
  if (controllerOf(claim)?.uid === pod.metadata.uid) return undefined
  const { namespace, name } = pod.metadata
  return `ResourceClaim ${claim.metadata.namespace}/${claim.metadata.name} was not created for Pod ${namespace}/${name} (Pod is not owner)`
}

/** The pod in a claim's list of those who use it. */
export function consumerReference({ metadata: { name, uid } }: Pod): V1ResourceClaimConsumerReference {
  return { resource: 'pods', name, uid }
}

export function isReservedFor({ status }: ResourceClaim, { metadata: { uid } }: Pod): boolean {
  return status.reservedFor?.some((consumer) => consumer.uid === uid) ?? false
}

export function canBeReserved({ status }: ResourceClaim): boolean {
  return (status.reservedFor?.length ?? 0) < maxClaimConsumers
}

/** Whether the pod will not need its claims any more: it has ended, or will never run. */
export function isDoneWithClaims({ metadata, spec, status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed' || (metadata.deletionTimestamp !== undefined && !spec.nodeName)
}
