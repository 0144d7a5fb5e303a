import type { PersistentVolumeClaim, Pod, StatefulSet } from '@quarterdeck/api'
import type { ObjectKey, OwnerReference } from '@quarterdeck/api-machinery'

import { availableInMs, hasEnded, isAvailable, isReady, isTerminating } from '../pods/pod-state.ts'
import { planClaimOwners, hasForeignController, isStaleClaim, type ClaimUser } from './claim-owners.ts'
import { claimKeysOf } from './claims-of-set.ts'
import { hasIdentity, isInRange, ordinalOf, podNameOf, startOf } from './identity.ts'
import { planUpdate } from './plan-update.ts'

export interface SetState {
  set: StatefulSet
  /** Those it owns that are named as its pods are. */
  pods: readonly Pod[]
  /** Name of the revision that the template has. */
  updateRevision: string
  claimOf(key: ObjectKey): PersistentVolumeClaim | undefined
  nowMs: number
}

export type Step =
  /** Claims first, then the pod. */
  | { do: 'create'; ordinal: number }
  /** A pod waits for claims that are missing. */
  | { do: 'claim'; pod: Pod; ordinal: number }
  | { do: 'label'; pod: Pod; ordinal: number }
  | { do: 'own'; claim: PersistentVolumeClaim; owners: OwnerReference[]; isContested: boolean }
  | { do: 'delete'; pod: Pod }

export interface SetPlan {
  /** In order: none begins before the one before it succeeded. */
  stages: Step[][]
  /** Whether steps of a stage wait for each other. */
  isOrdered: boolean
  /** Pods that an update ends, in the last stage. */
  outdated: readonly Pod[]
  requeueAfterMs: number | undefined
}

interface Stage {
  steps: Step[]
  /** Nothing after it may begin, where order counts. */
  isBlocked: boolean
}

/** What must change. No I/O. Order: what should be there, what should not, what is outdated. */
export function planSet(state: SetState): SetPlan {
  const { set } = state
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
  const plan: SetPlan = { stages: [], isOrdered, outdated: [], requeueAfterMs: nextAvailableMs(state) }
  if (set.metadata.deletionTimestamp) return plan

  const wanted = wantedPods(state)
  const living = planLiving(state, wanted, isOrdered)
  plan.stages.push(living.steps)
  if (living.isBlocked) return plan

  const condemned = state.pods
    .filter((pod) => !isInRange(set, ordinalOf(set, pod)))
    .toSorted((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  plan.stages.push(condemned.flatMap((pod) => planOwners(state, { name: pod.metadata.name, uid: pod.metadata.uid })))
  const leaving = isOrdered ? planNextToLeave(state, wanted, condemned) : planAllToLeave(condemned)
  plan.stages.push(leaving.steps)
  if (leaving.isBlocked) return plan

  plan.outdated = planUpdate(state, wanted)
  plan.stages.push(plan.outdated.map((pod) => ({ do: 'delete', pod })))
  return plan
}

/** The pods of the ordinals that the set wants, lowest first; undefined where there is none. */
function wantedPods({ set, pods }: SetState): (Pod | undefined)[] {
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]))
  return Array.from({ length: set.spec.replicas ?? 1 }, (_, i) => byOrdinal.get(startOf(set) + i))
}

function planLiving(state: SetState, wanted: readonly (Pod | undefined)[], isOrdered: boolean): Stage {
  const steps: Step[] = []
  for (const [i, pod] of wanted.entries()) {
    const ordinal = startOf(state.set) + i
    steps.push(...(pod ? planPod(state, pod, ordinal) : planMissing(state, ordinal)))
    if (isOrdered && !isSettled(state, pod)) return { steps, isBlocked: true }
  }
  return { steps, isBlocked: false }
}

/** Whether the pods after it may be touched. */
function isSettled({ set, nowMs }: SetState, pod: Pod | undefined): boolean {
  return (
    pod !== undefined &&
    !isTerminating(pod) &&
    pod.status.phase === 'Running' &&
    isReady(pod) &&
    isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
  )
}

function planMissing(state: SetState, ordinal: number): Step[] {
  const user = { name: podNameOf(state.set, ordinal), uid: undefined }
  const isWaiting = claimsOf(state, ordinal).some((claim) => isStaleClaim(state.set, claim, user))
  return isWaiting ? [] : [{ do: 'create', ordinal }]
}

function planPod(state: SetState, pod: Pod, ordinal: number): Step[] {
  const { set } = state
  if (hasEnded(pod)) return isTerminating(pod) ? [] : [{ do: 'delete', pod }]
  const steps: Step[] = []
  if (pod.status.phase === 'Pending' && claimsOf(state, ordinal).length < claimKeysOf(set, ordinal).length)
    steps.push({ do: 'claim', pod, ordinal })
  if (!hasIdentity(set, pod) && !isTerminating(pod)) steps.push({ do: 'label', pod, ordinal })
  return [...steps, ...planOwners(state, { name: pod.metadata.name, uid: pod.metadata.uid })]
}

/** What the retention policy means for the claims of a pod. */
function planOwners(state: SetState, user: ClaimUser): Step[] {
  const { set } = state
  const ordinal = Number(user.name.slice(set.metadata.name.length + 1))
  return claimsOf(state, ordinal).flatMap((claim): Step[] => {
    const owners = planClaimOwners(set, claim, user)
    return owners ? [{ do: 'own', claim, owners, isContested: hasForeignController(set, claim, user) }] : []
  })
}

function claimsOf({ set, claimOf }: SetState, ordinal: number): PersistentVolumeClaim[] {
  return claimKeysOf(set, ordinal).flatMap((key) => claimOf(key) ?? [])
}

const planAllToLeave = (condemned: readonly Pod[]): Stage => ({
  steps: condemned.filter((pod) => !isTerminating(pod)).map((pod) => ({ do: 'delete', pod })),
  isBlocked: false,
})

/** The highest goes first, and waits until all are well: but for itself, if it is the one that is not. */
function planNextToLeave(state: SetState, wanted: readonly (Pod | undefined)[], condemned: readonly Pod[]): Stage {
  const [next] = condemned
  if (!next) return { steps: [], isBlocked: false }
  const lowestFirst = [...wanted, ...condemned.toReversed()]
  const firstUnsettled = lowestFirst.find((pod) => !isSettled(state, pod))
  const mayLeave = !isTerminating(next) && (isSettled(state, next) || next === firstUnsettled)
  return { steps: mayLeave ? [{ do: 'delete', pod: next }] : [], isBlocked: true }
}

function nextAvailableMs({ set, pods, nowMs }: SetState): number | undefined {
  const waits = pods.map((pod) => availableInMs(pod, set.spec.minReadySeconds ?? 0, nowMs)).filter((wait) => wait !== undefined && wait > 0)
  return waits.length > 0 ? Math.min(...(waits as number[])) : undefined
}
