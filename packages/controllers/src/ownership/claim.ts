import type { Kind } from '@quarterdeck/api'
import { controllerOf, isApiError, keyOf, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { controllerReference } from './owner-reference.ts'

export interface ClaimPlan<T> {
  /** Already owned, and rightly so. */
  owned: T[]
  /** Match, and have no controller. */
  adopt: T[]
  /** Owned, but match no longer. */
  release: T[]
}

/** Which of the candidates belong to the owner. An owner that is being deleted neither adopts nor releases. */
export function planClaim<T extends KubeObject>(
  owner: KubeObject,
  candidates: readonly T[],
  matches: (candidate: T) => boolean,
): ClaimPlan<T> {
  const plan: ClaimPlan<T> = { owned: [], adopt: [], release: [] }
  const ownerIsGoing = owner.metadata.deletionTimestamp !== undefined
  for (const candidate of candidates) {
    const controller = controllerOf(candidate)
    const isGoing = candidate.metadata.deletionTimestamp !== undefined
    if (controller) {
      if (controller.uid !== owner.metadata.uid) continue
      if (matches(candidate)) plan.owned.push(candidate)
      else if (!ownerIsGoing && !isGoing) plan.release.push(candidate)
    } else if (!ownerIsGoing && !isGoing && matches(candidate)) plan.adopt.push(candidate)
  }
  return plan
}

export interface Claim<T extends KubeObject> {
  plan: ClaimPlan<T>
  kind: Kind<T>
  /** Put on what is adopted and taken from what is released. */
  finalizer?: string
}

/** Carries a claim out; resolves with everything owned afterwards. Adopts only after the owner was seen alive on the server. */
export async function applyClaim<O extends KubeObject, T extends KubeObject>(
  client: Client,
  owner: { object: O; kind: Kind<O> },
  { plan, kind, finalizer }: Claim<T>,
): Promise<T[]> {
  for (const object of plan.release) await release(client, { kind, object, ownerUid: owner.object.metadata.uid, finalizer })
  if (plan.adopt.length === 0) return plan.owned
  await assertAlive(client, owner)
  const adopted: T[] = []
  for (const object of plan.adopt) {
    const ownerReferences = [...(object.metadata.ownerReferences ?? []), controllerReference(owner.object, owner.kind)]
    const finalizers = withFinalizer(object.metadata.finalizers, finalizer)
    adopted.push(await client.update(kind, { ...object, metadata: { ...object.metadata, ownerReferences, finalizers } }))
  }
  return [...plan.owned, ...adopted]
}

function withFinalizer(finalizers: string[] | undefined, finalizer: string | undefined): string[] | undefined {
  return finalizer && !finalizers?.includes(finalizer) ? [...(finalizers ?? []), finalizer] : finalizers
}

interface Release<T> {
  kind: Kind<T & KubeObject>
  object: T
  ownerUid: string
  finalizer: string | undefined
}

async function release<T extends KubeObject>(client: Client, { kind, object, ownerUid, finalizer }: Release<T>): Promise<void> {
  const ownerReferences = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== ownerUid)
  const finalizers = object.metadata.finalizers?.filter((other) => other !== finalizer)
  try {
    await client.update(kind, { ...object, metadata: { ...object.metadata, ownerReferences, finalizers } })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

/** The cache may be behind: an owner deleted and made anew under its name must not adopt for the old one. */
async function assertAlive<O extends KubeObject>(client: Client, { object, kind }: { object: O; kind: Kind<O> }): Promise<void> {
  const live = await client.get(kind, keyOf(object))
  if (live.metadata.uid !== object.metadata.uid)
    throw new Error(`${kind.kind} ${object.metadata.name} was replaced: uid ${live.metadata.uid}`)
  if (live.metadata.deletionTimestamp) throw new Error(`${kind.kind} ${object.metadata.name} is being deleted`)
}
