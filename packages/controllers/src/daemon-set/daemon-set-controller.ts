import { isDeepStrictEqual } from 'node:util'

import { controllerRevisions, daemonSets, nodes, pods, type DaemonSet, type Node, type Pod } from '@quarterdeck/api'
import { controllerOf, keyOf, matchesLabelSelector, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  updateStatus,
  watch,
  type CacheChange,
  type Caches,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { reconcileHistory, revisionHashLabel, truncateHistory, type History } from '../history/history.ts'
import { templateOfRevision } from '../history/revision-data.ts'
import { applyClaim, planClaim } from '../ownership/claim.ts'
import { createPod, deletePod, isNamespaceTerminating } from '../pods/change-pods.ts'
import { availableInMs } from '../pods/pod-state.ts'
import { isSameTemplate } from '../pods/template-hash.ts'
import { slowStartBatch } from '../replicas/slow-start.ts'
import { daemonStateOf, type DaemonState } from './daemon-state.ts'
import { daemonStatusOf } from './daemon-status.ts'
import { failureBackOffOf } from './failure-back-off.ts'
import { fitsNode, unfit } from './fits-node.ts'
import { planDaemon, type DaemonPlan } from './plan-daemon.ts'
import { planRollingUpdate } from './plan-rolling-update.ts'
import { hashOf, nodeOf, podOfDaemonSet } from './pod-of-daemon-set.ts'

/** Keeps one pod on every node that fits, and moves them to the newest template. */
export const daemonSetController = defineController({
  name: 'daemonset',
  primary: daemonSets,
  owns: [pods, controllerRevisions],
  watches: [watch(pods, ({ object }, caches) => adopters(object, caches)), watch(nodes, daemonsOfNode)],
  writes: [pods, controllerRevisions, daemonSets],
  batchMs: 20,
  reconcile,
})

/** Most pods made or deleted in one go; the events of these bring the next. */
const burst = 250

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const daemonSet = ctx.cache(daemonSets).get(key)
  // What is left of one that is being deleted is the garbage collector's.
  if (!daemonSet?.spec.template || daemonSet.metadata.deletionTimestamp || !ctx.seesOwnWrites(key)) return done
  const { template, selector } = daemonSet.spec
  const { collisionCount } = daemonSet.status
  const history = await reconcileHistory(
    { object: daemonSet, kind: daemonSets, template, selector, collisionCount, hashLabel: revisionHashLabel },
    ctx,
  )
  const owned = await claimPods(daemonSet, ctx)
  const nowMs = ctx.clock.now()
  const state = daemonStateOf({ daemonSet, nodes: ctx.cache(nodes).list(), pods: owned, hashes: hashesOf(daemonSet, history), nowMs })
  const { plan, waitMs } = planNext(state, ctx)
  const failure = await applyPlan(state, { plan, hash: hashIn(history.newest) }, ctx)
  await updateStatus(ctx.client, daemonSets, { object: daemonSet, status: daemonStatusOf(state, history.collisionCount) })
  if (failure) throw failure

  const inUse = new Set([history.newest.metadata.name, ...revisionsOf(history, owned)])
  await truncateHistory(history, { inUse, limit: daemonSet.spec.revisionHistoryLimit ?? 10 }, ctx)
  return waitMs === undefined ? done : again(waitMs)
}

/** An update goes on only when nothing else is to be done. */
function planNext(state: DaemonState, ctx: ReconcileContext): { plan: DaemonPlan; waitMs: number | undefined } {
  const { daemonSet, nowMs } = state
  const backOff = failureBackOffOf(ctx)
  const waits: number[] = []
  let plan = planDaemon(state, (node) => {
    const leftMs = backOff.leftMs(`${daemonSet.metadata.uid}/${node}`, nowMs)
    if (leftMs > 0) waits.push(leftMs)
    return leftMs
  })
  const isSettled = plan.create.length === 0 && plan.delete.length === 0
  if (isSettled && daemonSet.spec.updateStrategy?.type === 'RollingUpdate') plan = planRollingUpdate(state)
  for (const found of state.podsByNode.values())
    for (const pod of found) {
      const leftMs = availableInMs(pod, daemonSet.spec.minReadySeconds ?? 0, nowMs)
      if (leftMs) waits.push(leftMs)
    }
  return { plan, waitMs: waits.length > 0 ? waits.reduce((a, b) => Math.min(a, b)) : undefined }
}

/** Resolves with the first failure. */
async function applyPlan(
  { daemonSet, nowMs }: DaemonState,
  { plan, hash }: { plan: DaemonPlan; hash: string },
  ctx: ReconcileContext,
): Promise<Error | undefined> {
  const targets = plan.create.slice(0, burst)
  const created = await slowStartBatch(targets.length, (i) => createPod(daemonSet, podOfDaemonSet(daemonSet, targets[i] ?? '', hash), ctx))
  const deleted = await Promise.allSettled(
    plan.delete.slice(0, burst).map(async (pod) => {
      tellOfEnd(daemonSet, pod, ctx)
      await deletePod(daemonSet, pod, ctx)
      if (pod.status.phase === 'Failed') failureBackOffOf(ctx).failed(`${daemonSet.metadata.uid}/${nodeOf(pod)}`, nowMs)
    }),
  )
  const failed = deleted.find((result) => result.status === 'rejected')
  return created.failures.find((error) => !isNamespaceTerminating(error)) ?? (failed?.reason as Error | undefined)
}

function tellOfEnd(daemonSet: DaemonSet, { metadata, status, spec }: Pod, ctx: ReconcileContext): void {
  const subject = `daemon pod ${metadata.namespace}/${metadata.name} on node ${spec.nodeName ?? ''}, will try to`
  if (status.phase === 'Failed') ctx.recorder.event(daemonSet, 'Warning', 'FailedDaemonPod', `Found failed ${subject} kill it`)
  if (status.phase === 'Succeeded') ctx.recorder.event(daemonSet, 'Normal', 'SucceededDaemonPod', `Found succeeded ${subject} delete it`)
}

async function claimPods(daemonSet: DaemonSet, ctx: ReconcileContext): Promise<Pod[]> {
  const cached = ctx.cache(pods)
  const candidates = [...cached.ownedBy(daemonSet), ...cached.orphans(daemonSet.metadata.namespace)]
  const plan = planClaim(daemonSet, candidates, ({ metadata }) => matchesLabelSelector(daemonSet.spec.selector, metadata.labels))
  return applyClaim(ctx.client, { object: daemonSet, kind: daemonSets }, { plan, kind: pods })
}

const hashIn = ({ metadata }: History['newest']): string => metadata.labels?.[revisionHashLabel] ?? metadata.name

function hashesOf({ spec }: DaemonSet, { revisions }: History): Set<string> {
  return new Set(revisions.filter((revision) => isSameTemplate(templateOfRevision(revision), spec.template)).map(hashIn))
}

/** The names of the revisions that pods have. */
function revisionsOf({ revisions }: History, owned: readonly Pod[]): string[] {
  const hashes = new Set(owned.map(hashOf))
  return revisions.filter((revision) => hashes.has(hashIn(revision))).map(({ metadata }) => metadata.name)
}

function* adopters(pod: Pod, { cache }: Caches): Iterable<ObjectKey> {
  if (controllerOf(pod)) return
  for (const daemonSet of cache(daemonSets).list(pod.metadata.namespace))
    if (matchesLabelSelector(daemonSet.spec.selector, pod.metadata.labels)) yield keyOf(daemonSet)
}

/** The daemons for which a node's change makes a difference: heartbeats make none. */
function* daemonsOfNode({ type, object, old }: CacheChange<Node>, { cache }: Caches): Iterable<ObjectKey> {
  if (type !== 'deleted' && old && isSamePlace(old, object)) return
  for (const daemonSet of cache(daemonSets).list()) {
    if (!daemonSet.spec.template) continue
    const fitOf = fitsNode(daemonSet)
    const before = type === 'deleted' ? fitOf(object) : old ? fitOf(old) : unfit
    const after = type === 'deleted' ? unfit : fitOf(object)
    if (before.shouldRun !== after.shouldRun || before.mayStay !== after.mayStay) yield keyOf(daemonSet)
  }
}

function isSamePlace(a: Node, b: Node): boolean {
  return isDeepStrictEqual(a.metadata.labels, b.metadata.labels) && isDeepStrictEqual(a.spec.taints, b.spec.taints)
}
