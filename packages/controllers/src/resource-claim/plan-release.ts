import {
  isDoneWithClaims,
  resourceClaimFinalizer,
  type Pod,
  type ResourceClaim,
  type V1ResourceClaimConsumerReference,
} from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

export interface ReleasePlan {
  /** What the status becomes; undefined: it stays. */
  status: ResourceClaim['status'] | undefined
  /** Whether the finalizer goes, after the status. */
  endsProtection: boolean
  /** Whether the claim, which was made for a pod, is not needed any more. */
  isUnneeded: boolean
}

export interface ReleaseFacts {
  /** Whether the pod of an entry in reservedFor is gone, or done. */
  isGone(consumer: V1ResourceClaimConsumerReference): boolean
  /** The pod of that name that there is now; undefined also if it isn't known yet. */
  podOf(name: string): Pod | undefined
}

/** What of a claim is to be given back. Entries that are no pods are for others to take out. No I/O. */
export function planRelease(claim: ResourceClaim, { isGone, podOf }: ReleaseFacts): ReleasePlan {
  const { metadata, status } = claim
  const reservedFor = status.reservedFor ?? []
  const remaining = reservedFor.filter((consumer) => !isPod(consumer) || !isGone(consumer))
  const isProtected = metadata.finalizers?.includes(resourceClaimFinalizer) ?? false
  const isFreed = remaining.length < reservedFor.length
  // A driver may allocate a claim that nobody uses yet: devices go only when the last user leaves, or the claim does.
  const deallocates = isProtected && remaining.length === 0 && (isFreed || metadata.deletionTimestamp !== undefined)
  return {
    status: isFreed || (deallocates && status.allocation) ? statusOf(status, { remaining, deallocates }) : undefined,
    endsProtection: deallocates,
    isUnneeded: remaining.length === 0 && metadata.deletionTimestamp === undefined && isOwnerDone(claim, podOf),
  }
}

export const isPod = ({ apiGroup, resource }: V1ResourceClaimConsumerReference): boolean => !apiGroup && resource === 'pods'

function statusOf(
  status: ResourceClaim['status'],
  { remaining, deallocates }: { remaining: V1ResourceClaimConsumerReference[]; deallocates: boolean },
): ResourceClaim['status'] {
  const left = { ...status, reservedFor: remaining }
  if (deallocates) delete left.allocation
  return left
}

/** The claim of a pod that is truly gone is left to the garbage collector. */
function isOwnerDone(claim: ResourceClaim, podOf: (name: string) => Pod | undefined): boolean {
  const owner = controllerOf(claim)
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Pod') return false
  const pod = podOf(owner.name)
  return pod !== undefined && (pod.metadata.uid !== owner.uid || isDoneWithClaims(pod))
}
