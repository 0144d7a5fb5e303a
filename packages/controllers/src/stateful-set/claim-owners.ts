import { pods, statefulSets, type PersistentVolumeClaim, type StatefulSet } from '@quarterdeck/api'
import type { OwnerReference } from '@quarterdeck/api-machinery'
import type { KindRef } from '@quarterdeck/controller-runtime'

import { controllerReference } from '../ownership/owner-reference.ts'
import { isInRange, ordinalIn } from './identity.ts'

/** The pod of a claim; without a uid there is none yet. */
export interface ClaimUser {
  name: string
  uid: string | undefined
}

const refersTo = (reference: OwnerReference, kind: KindRef, name: string): boolean =>
  reference.apiVersion === kind.apiVersion && reference.kind === kind.kind && reference.name === name

/** Whether the claim belongs to a pod of this name that is gone: it is about to be deleted, and no new pod may use it. */
export function isStaleClaim(set: StatefulSet, claim: PersistentVolumeClaim, user: ClaimUser): boolean {
  return set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete' && hasStaleOwner(claim, pods, user)
}

function hasStaleOwner(claim: PersistentVolumeClaim, kind: KindRef, owner: { name: string; uid: string | undefined }): boolean {
  const reference = claim.metadata.ownerReferences?.find((other) => refersTo(other, kind, owner.name))
  return reference !== undefined && reference.uid !== owner.uid
}

/** Whether something else decides over a claim that the set's retention policy would have deleted. */
export function hasForeignController(set: StatefulSet, claim: PersistentVolumeClaim, user: ClaimUser): boolean {
  const { whenDeleted, whenScaled } = retentionOf(set)
  if (whenDeleted === 'Retain' && whenScaled === 'Retain') return false
  return (claim.metadata.ownerReferences ?? []).some((reference) => {
    if (refersTo(reference, statefulSets, set.metadata.name)) return reference.uid !== set.metadata.uid
    if (refersTo(reference, pods, user.name)) return reference.uid !== user.uid
    return reference.controller === true
  })
}

/**
 * The owner references by which the garbage collector carries out the retention policy (KEP-1847), or undefined if they are right:
 * the set's where its deletion takes the claim along, the pod's where scaling down does and the pod is one too many.
 */
export function planClaimOwners(set: StatefulSet, claim: PersistentVolumeClaim, user: ClaimUser): OwnerReference[] | undefined {
  const current = claim.metadata.ownerReferences ?? []
  const setUser = { name: set.metadata.name, uid: set.metadata.uid }
  // What is left of an earlier set or pod of the name is the garbage collector's.
  if (hasStaleOwner(claim, statefulSets, setUser) || hasStaleOwner(claim, pods, user)) return undefined
  const isOurs = ({ uid }: OwnerReference): boolean => uid === set.metadata.uid || uid === user.uid
  const wanted = [...current.filter((reference) => !isOurs(reference)), ...wantedOwners(set, claim, user)]
  return isSame(current, wanted) ? undefined : wanted
}

function wantedOwners(set: StatefulSet, claim: PersistentVolumeClaim, user: ClaimUser): OwnerReference[] {
  if (hasForeignController(set, claim, user)) return []
  const { whenDeleted, whenScaled } = retentionOf(set)
  const isCondemned = !isInRange(set, ordinalIn(set.metadata.name, user.name) ?? -1)
  if (whenScaled === 'Delete' && isCondemned) return user.uid ? [podReference(user.name, user.uid)] : []
  return whenDeleted === 'Delete' ? [controllerReference(set, statefulSets)] : []
}

const podReference = (name: string, uid: string): OwnerReference => ({
  apiVersion: pods.apiVersion,
  kind: pods.kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
})

const isSame = (a: readonly OwnerReference[], b: readonly OwnerReference[]): boolean =>
  a.length === b.length && b.every(({ uid, controller }) => a.some((other) => other.uid === uid && other.controller === controller))

function retentionOf({ spec }: StatefulSet): { whenDeleted: string; whenScaled: string } {
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = spec.persistentVolumeClaimRetentionPolicy ?? {}
  return { whenDeleted, whenScaled }
}
