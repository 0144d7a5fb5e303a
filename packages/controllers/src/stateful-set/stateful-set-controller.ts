import { isDeepStrictEqual } from 'node:util'

import { controllerRevisions, persistentVolumeClaims, pods, statefulSets, type Pod, type StatefulSet } from '@quarterdeck/api'
import { controllerOf, keyOf, matchesLabelSelector, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  updateStatus,
  watch,
  type Caches,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { reconcileHistory, truncateHistory, type History } from '../history/history.ts'
import { templateOfRevision } from '../history/revision-data.ts'
import { applyClaim, planClaim } from '../ownership/claim.ts'
import { applySet } from './apply-set.ts'
import { possibleSetNames } from './claims-of-set.ts'
import { ordinalIn, revisionNameOf } from './identity.ts'
import { planSet } from './plan-set.ts'
import { isBeforeUpdate } from './plan-update.ts'
import type { VersionedTemplate } from './pod-of-set.ts'
import { statusOfSet } from './set-status.ts'

/** Keeps pods with lasting names and claims, in their order, and moves them to the newest template. */
export const statefulSetController = defineController({
  name: 'statefulset',
  primary: statefulSets,
  owns: [pods, controllerRevisions],
  watches: [
    watch(pods, ({ object }, caches) => adopters(object, caches)),
    watch(persistentVolumeClaims, ({ type, object, old }, caches) => {
      const isOwnership = old !== undefined && !isDeepStrictEqual(old.metadata.ownerReferences, object.metadata.ownerReferences)
      return type === 'deleted' || isOwnership ? setsOfClaim(keyOf(object), caches) : []
    }),
  ],
  writes: [pods, persistentVolumeClaims, controllerRevisions, statefulSets],
  batchMs: 10,
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const set = ctx.cache(statefulSets).get(key)
  if (!set?.spec.template || !ctx.seesOwnWrites(key)) return done
  const owned = await claimPods(set, ctx)
  if (set.metadata.deletionTimestamp) return tellStatusOnly(set, owned, ctx)

  const { template, selector } = set.spec
  const history = await reconcileHistory(
    {
      object: set,
      kind: statefulSets,
      template,
      selector,
      collisionCount: set.status.collisionCount,
      hashLabel: 'controller.kubernetes.io/hash',
    },
    ctx,
  )
  const { current, update } = versionsOf(set, history)
  const nowMs = ctx.clock.now()
  const plan = planSet({
    set,
    pods: owned,
    updateRevision: update.revision,
    claimOf: (claimKey) => ctx.cache(persistentVolumeClaims).get(claimKey),
    nowMs,
  })
  const status = statusOfSet({
    set,
    pods: owned,
    outdated: plan.outdated,
    currentRevision: current.revision,
    updateRevision: update.revision,
    collisionCount: history.collisionCount,
    nowMs,
  })
  // Before the steps: which revision a pod comes back with depends on how many of the old one are to be left.
  await updateStatus(ctx.client, statefulSets, { object: set, status })
  await applySet({ set, plan, templateOf: (ordinal) => (isBeforeUpdate(set, ordinal) ? current : update) }, ctx)

  const inUse = new Set([current.revision, update.revision, ...owned.map((pod) => revisionNameOf(pod) ?? '')])
  await truncateHistory(history, { inUse, limit: set.spec.revisionHistoryLimit ?? 10 }, ctx)
  return plan.requeueAfterMs === undefined ? done : again(plan.requeueAfterMs)
}

async function claimPods(set: StatefulSet, ctx: ReconcileContext): Promise<Pod[]> {
  const cached = ctx.cache(pods)
  const isMember = ({ metadata }: Pod): boolean =>
    ordinalIn(set.metadata.name, metadata.name) !== undefined && matchesLabelSelector(set.spec.selector, metadata.labels)
  const plan = planClaim(set, [...cached.ownedBy(set), ...cached.orphans(set.metadata.namespace)], isMember)
  return applyClaim(ctx.client, { object: set, kind: statefulSets }, { plan, kind: pods })
}

/** The garbage collector takes the rest of a set that goes. */
async function tellStatusOnly(set: StatefulSet, owned: readonly Pod[], ctx: ReconcileContext): Promise<ReconcileResult> {
  const { currentRevision, updateRevision, collisionCount } = set.status
  const status = statusOfSet({ set, pods: owned, outdated: [], currentRevision, updateRevision, collisionCount, nowMs: ctx.clock.now() })
  await updateStatus(ctx.client, statefulSets, { object: set, status })
  return done
}

/** The template, and the one that pods had before it. */
function versionsOf(set: StatefulSet, { newest, revisions }: History): { current: VersionedTemplate; update: VersionedTemplate } {
  const update = { revision: newest.metadata.name, template: set.spec.template }
  const before = revisions.find(({ metadata }) => metadata.name === set.status.currentRevision)
  const template = before && templateOfRevision(before)
  return { update, current: template ? { revision: before.metadata.name, template } : update }
}

/** The set that may want a pod that no one controls: its name says which. */
function* adopters(pod: Pod, { cache }: Caches): Iterable<ObjectKey> {
  if (controllerOf(pod)) return
  const { namespace, name, labels } = pod.metadata
  const key = { namespace, name: name.slice(0, Math.max(0, name.lastIndexOf('-'))) }
  const set = cache(statefulSets).get(key)
  if (set && matchesLabelSelector(set.spec.selector, labels)) yield key
}

function* setsOfClaim({ namespace, name }: ObjectKey, { cache }: Caches): Iterable<ObjectKey> {
  for (const setName of possibleSetNames(name)) {
    const set = cache(statefulSets).get({ namespace, name: setName })
    if (set?.spec.volumeClaimTemplates?.some(({ metadata }) => name.startsWith(`${metadata?.name}-${setName}-`))) yield keyOf(set)
  }
}
