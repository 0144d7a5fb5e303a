import { isJobFinished, jobs, namespaces, pods, type Job, type Pod } from '@quarterdeck/api'
import { controllerOf, keyOf, keyString, matchesLabelSelector, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  watch,
  type Cache,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { applyClaim, planClaim } from '../ownership/claim.ts'
import { applyJob } from './apply-job.ts'
import { isManagedElsewhere } from './managed-by.ts'
import { memoryOf } from './job-memory.ts'
import { jobStateOf } from './job-state.ts'
import { planJob } from './plan-job.ts'
import { trackingFinalizer } from './tracking.ts'

/** Pods that a node ends one after the other are counted together. */
const batchMs = 100
const lookAgainMs = 100

/** Runs Pods until as many have succeeded as a Job asks for, and counts each of them once. */
export const jobController = defineController({
  name: 'job',
  component: 'job-controller',
  primary: jobs,
  owns: [pods],
  watches: [
    watch(pods, ({ object }, { cache }) => adopters(object, cache(jobs))),
    watch(namespaces, ({ object }, { cache }) =>
      object.metadata.deletionTimestamp ? cache(jobs).list(object.metadata.name).map(keyOf) : [],
    ),
  ],
  writes: [pods, jobs],
  batchMs,
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const job = ctx.cache(jobs).get(key)
  const memory = memoryOf(ctx)
  if (!job || isJobFinished(job.status)) memory.backOffs.delete(keyString(key))
  if (!job || isJobFinished(job.status) || isManagedElsewhere(job) || !job.spec.selector) return done
  if (!ctx.seesOwnWrites(key)) return done
  if (!(await memory.hasCaughtUp(ctx))) return again(lookAgainMs)

  const owned = await claimPods(job, ctx)
  const remembered = memory.backOffs.get(keyString(key))
  const backOff = remembered?.uid === job.metadata.uid ? remembered.backOff : undefined
  const namespace = ctx.cache(namespaces).get({ namespace: '', name: job.metadata.namespace })
  const canCreate = namespace?.metadata.deletionTimestamp === undefined
  const state = jobStateOf({ job, pods: owned, backOff, canCreate, nowMs: ctx.clock.now() })
  const plan = planJob(state)
  await applyJob(plan, ctx, () => memory.backOffs.set(keyString(key), { uid: job.metadata.uid, backOff: state.backOff }))
  return plan.requeueAfterMs === undefined ? done : again(plan.requeueAfterMs)
}

function claimPods(job: Job, ctx: ReconcileContext): Promise<Pod[]> {
  const candidates = [...ctx.cache(pods).ownedBy(job), ...ctx.cache(pods).orphans(job.metadata.namespace)]
  const plan = planClaim(job, candidates, (pod) => selects(job, pod))
  return applyClaim(ctx.client, { object: job, kind: jobs }, { plan, kind: pods, finalizer: trackingFinalizer })
}

function selects({ spec }: Job, pod: Pod): boolean {
  return spec.selector !== undefined && matchesLabelSelector(spec.selector, pod.metadata.labels)
}

/** Jobs that may want a Pod that no one controls. */
function* adopters(pod: Pod, cache: Cache<Job>): Iterable<ObjectKey> {
  if (controllerOf(pod)) return
  for (const job of cache.list(pod.metadata.namespace)) if (selects(job, pod)) yield keyOf(job)
}
