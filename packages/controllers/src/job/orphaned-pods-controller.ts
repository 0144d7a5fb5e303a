import { isJobFinished, jobs, pods, type Job, type Pod } from '@quarterdeck/api'
import { controllerOf, keyOf, type ObjectKey, type OwnerReference } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import { defineController, done, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { isManagedElsewhere } from './managed-by.ts'
import { isTracked, untrack } from './tracking.ts'

/** Frees the Pods that no Job will count any more: those of no Job, of one that is gone and of one that is over. */
export const orphanedJobPodsController = defineController({
  name: 'job-orphaned-pods',
  component: 'job-controller',
  primary: pods,
  watches: [
    watch(jobs, ({ type, object }, { cache }) =>
      type === 'deleted' || isJobFinished(object.status) ? cache(pods).ownedBy(object).filter(isTracked).map(keyOf) : [],
    ),
  ],
  writes: [pods],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const pod = ctx.cache(pods).get(key)
  if (!pod || !isTracked(pod) || (await isAwaited(pod, ctx))) return done
  await untrack(ctx.client, pod)
  return done
}

/** Whether a Job, or another's controller, still has to do with the Pod. */
async function isAwaited(pod: Pod, ctx: ReconcileContext): Promise<boolean> {
  const owner = controllerOf(pod)
  if (!owner) return false
  if (owner.kind !== jobs.kind || owner.apiVersion !== jobs.apiVersion) return true
  const job = await jobOf(pod, owner, ctx)
  return job !== undefined && (isManagedElsewhere(job) || !isJobFinished(job.status))
}

/** The cache of Jobs may be behind that of Pods, so that what it lacks is looked up. */
async function jobOf(pod: Pod, { name, uid }: OwnerReference, ctx: ReconcileContext): Promise<Job | undefined> {
  const key = { namespace: pod.metadata.namespace, name }
  const cached = ctx.cache(jobs).get(key)
  if (cached?.metadata.uid === uid) return cached
  const live = await getIfExists(ctx.client, jobs, key)
  return live?.metadata.uid === uid ? live : undefined
}
