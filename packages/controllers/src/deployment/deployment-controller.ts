import { deployments, pods, replicaSets, type Deployment, type Pod, type ReplicaSet } from '@quarterdeck/api'
import { controllerOf, isApiError, keyOf, matchesLabelSelector, type Draft, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  onlyThis,
  updateStatus,
  watch,
  type Cache,
  type Caches,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { applyClaim, planClaim } from '../ownership/claim.ts'
import { isNamespaceTerminating } from '../pods/change-pods.ts'
import { revisionAnnotation } from './annotations.ts'
import { hasProgressDeadline, withCondition } from './conditions.ts'
import { planDeployment, type DeploymentPlan, type ReplicaSetChange } from './plan-deployment.ts'
import { sizeOf } from './replica-set-sizes.ts'
import { isSameTemplate } from '../pods/template-hash.ts'

/** Moves a Deployment's Pods to its newest template, one ReplicaSet for each template. */
export const deploymentController = defineController({
  name: 'deployment',
  primary: deployments,
  owns: [replicaSets],
  watches: [
    watch(replicaSets, ({ object }, { cache }) => adopters(object, cache(deployments))),
    watch(pods, ({ type, object }, caches) => (type === 'deleted' ? recreatingOwners(object, caches) : [])),
  ],
  writes: [replicaSets, deployments],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const deployment = ctx.cache(deployments).get(key)
  if (!deployment || !ctx.seesOwnWrites(key)) return done
  if (selectsEverything(deployment)) return refuse(deployment, ctx)

  const cached = ctx.cache(replicaSets)
  const claim = planClaim(deployment, [...cached.ownedBy(deployment), ...cached.orphans(key.namespace)], (replicaSet) =>
    matchesLabelSelector(deployment.spec.selector, replicaSet.metadata.labels),
  )
  const owned = await applyClaim(ctx.client, { object: deployment, kind: deployments }, { plan: claim, kind: replicaSets })
  const plan = planDeployment({
    deployment,
    replicaSets: owned,
    podsOf: (replicaSet) => ctx.cache(pods).ownedBy(replicaSet),
    nowMs: ctx.clock.now(),
  })
  await applyPlan(deployment, plan, ctx)
  return plan.requeueAfterMs === undefined ? done : again(plan.requeueAfterMs)
}

async function applyPlan(deployment: Deployment, plan: DeploymentPlan, ctx: ReconcileContext): Promise<void> {
  let status = plan.status
  let failure: unknown
  if (plan.create) {
    const created = await createReplicaSet(deployment, plan.create, ctx)
    if (created === 'namespace is going') return
    status = created.status(status)
    failure = created.failure
  }
  for (const change of plan.change) await changeReplicaSet(deployment, change, ctx)
  for (const replicaSet of plan.delete) await deleteReplicaSet(replicaSet, ctx)
  const current = failure ? deployment : await annotate(deployment, plan.revision, ctx)
  await updateStatus(ctx.client, deployments, { object: current, status })
  if (failure) throw failure
}

interface Created {
  /** Adds what the attempt means for the status. */
  status: (status: Deployment['status']) => Deployment['status']
  failure: unknown
}

async function createReplicaSet(
  deployment: Deployment,
  draft: Draft<ReplicaSet>,
  ctx: ReconcileContext,
): Promise<Created | 'namespace is going'> {
  const name = draft.metadata.name ?? ''
  const nowMs = ctx.clock.now()
  try {
    const replicaSet = await ctx.client.create(replicaSets, draft)
    if (sizeOf(replicaSet) > 0) {
      ctx.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${sizeOf(replicaSet)}`)
    }
    const condition = {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetCreated',
      message: `Created new replica set "${name}"`,
    } as const
    return { failure: undefined, status: (s) => (hasProgressDeadline(deployment) ? withCondition(s, condition, nowMs) : s) }
  } catch (error) {
    if (isNamespaceTerminating(error)) return 'namespace is going'
    if (isApiError(error, 'AlreadyExists')) return resolveCollision(deployment, draft, { error, ctx })
    const text = `Failed to create new replica set "${name}": ${error instanceof Error ? error.message : String(error)}`
    ctx.recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', text)
    const condition = { type: 'Progressing', status: 'False', reason: 'ReplicaSetCreateError', message: text } as const
    return { failure: error, status: (s) => (hasProgressDeadline(deployment) ? withCondition(s, condition, nowMs) : s) }
  }
}

/** The name is taken: by our own create that we didn't see, or by another template of the same hash, which a count tells apart. */
async function resolveCollision(
  deployment: Deployment,
  draft: Draft<ReplicaSet>,
  { error, ctx }: { error: unknown; ctx: ReconcileContext },
): Promise<Created> {
  const existing = await ctx.client.get(replicaSets, keyOf(draft))
  const isOurs = controllerOf(existing)?.uid === deployment.metadata.uid && isSameTemplate(existing.spec.template, draft.spec.template)
  if (isOurs) return { failure: undefined, status: (s) => s }
  return { failure: error, status: (s) => ({ ...s, collisionCount: (s.collisionCount ?? 0) + 1 }) }
}

async function changeReplicaSet(deployment: Deployment, change: ReplicaSetChange, ctx: ReconcileContext): Promise<void> {
  const { replicaSet, replicas, annotations, minReadySeconds } = change
  const before = sizeOf(replicaSet)
  await ctx.client.update(replicaSets, {
    ...replicaSet,
    metadata: { ...replicaSet.metadata, annotations },
    spec: { ...replicaSet.spec, replicas, minReadySeconds },
  })
  if (replicas === before) return
  const direction = replicas > before ? 'up' : 'down'
  const text = `Scaled ${direction} replica set ${replicaSet.metadata.name} from ${before} to ${replicas}`
  ctx.recorder.event(deployment, 'Normal', 'ScalingReplicaSet', text)
}

async function deleteReplicaSet(replicaSet: ReplicaSet, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(replicaSet)
  try {
    await ctx.client.delete(replicaSets, key, { ...options, propagationPolicy: 'Background' })
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
}

async function annotate(deployment: Deployment, revision: string | undefined, ctx: ReconcileContext): Promise<Deployment> {
  if (revision === undefined || deployment.metadata.annotations?.[revisionAnnotation] === revision) return deployment
  const patch = { metadata: { annotations: { [revisionAnnotation]: revision } } }
  return ctx.client.patch(deployments, keyOf(deployment), patch, { type: 'merge' })
}

function selectsEverything(deployment: Deployment): boolean {
  const { matchLabels, matchExpressions } = deployment.spec.selector
  return Object.keys(matchLabels ?? {}).length === 0 && (matchExpressions ?? []).length === 0
}

async function refuse(deployment: Deployment, ctx: ReconcileContext): Promise<ReconcileResult> {
  ctx.recorder.event(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.')
  const status: Deployment['status'] = { ...deployment.status, observedGeneration: deployment.metadata.generation }
  await updateStatus(ctx.client, deployments, { object: deployment, status })
  return done
}

/** Deployments that may want a ReplicaSet that no one controls. */
function* adopters(replicaSet: ReplicaSet, cache: Cache<Deployment>): Iterable<ObjectKey> {
  if (controllerOf(replicaSet)) return
  for (const deployment of cache.list(replicaSet.metadata.namespace)) {
    if (matchesLabelSelector(deployment.spec.selector, replicaSet.metadata.labels)) yield keyOf(deployment)
  }
}

/** A Deployment that recreates waits for the last old pod to be gone, which no ReplicaSet's status tells. */
function* recreatingOwners(pod: Pod, { cache }: Caches): Iterable<ObjectKey> {
  const owner = controllerOf(pod)
  if (owner?.kind !== 'ReplicaSet') return
  const replicaSet = cache(replicaSets).get({ namespace: pod.metadata.namespace, name: owner.name })
  const deploymentName = replicaSet && controllerOf(replicaSet)?.name
  if (!deploymentName) return
  const deployment = cache(deployments).get({ namespace: pod.metadata.namespace, name: deploymentName })
  if (deployment?.spec.strategy?.type === 'Recreate') yield keyOf(deployment)
}
