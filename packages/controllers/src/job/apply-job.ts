import { isJobFinished, jobs, type Job, type Pod, type V1JobStatus } from '@quarterdeck/api'
import { updateStatus, type ReconcileContext } from '@quarterdeck/controller-runtime'

import { createPod, deletePod, isNamespaceTerminating } from '../pods/change-pods.ts'
import { slowStartBatch } from '../replicas/slow-start.ts'
import { countReleased } from './plan-counting.ts'
import { finalStatus, type JobPlan, type PodOutcome } from './plan-job.ts'
import { podOfIndex, podOfJob } from './pod-of-job.ts'
import { isTracked, track, untrack, untrackUnchanged } from './tracking.ts'

/**
 * Carries a plan out: decisions and the names of what is to be counted, then the Pods, then figures and the end. Whatever fails, the
 * rest is done as far as it can be, and the first failure is thrown. `onNamed` is called once what has ended is on record.
 */
export async function applyJob(plan: JobPlan, ctx: ReconcileContext, onNamed: () => void): Promise<void> {
  const { state, first, end, counting, pods: changes } = plan
  let job = state.job
  if (first.isNeeded) job = await updateStatus(ctx.client, jobs, { object: job, status: first.status })
  onNamed()

  const failures: unknown[] = []
  const ending = end ? await settle(state.active, failures, (pod) => deletePod(job, pod, ctx)) : []
  const released = await settle(withoutFailed(counting.release, state.active, ending, end !== undefined), failures, (pod) =>
    untrack(ctx.client, pod),
  )
  const removed = await settle(changes.remove, failures, (pod) => removePod(job, pod, ctx))
  await settle(changes.restore, failures, (pod) => track(ctx.client, pod))
  const created = await createPods(plan, job, { ctx, failures })

  const gone = new Set(released)
  const tracked = new Set(state.pods.filter((pod) => isTracked(pod) && !gone.has(pod)).map(({ metadata }) => metadata.uid))
  const counted = countReleased(first.isNeeded ? job.status : first.status, tracked)
  const outcome: PodOutcome = { created, deleted: [...ending, ...removed] }
  const status = finalStatus(plan, counted, outcome)
  await updateStatus(ctx.client, jobs, { object: job, status })
  recordEvents(plan, status, ctx)
  if (failures.length > 0) throw failures[0]
}

/** A Pod that could not be deleted is counted once it is. */
function withoutFailed(release: readonly Pod[], active: readonly Pod[], deleted: readonly Pod[], isEnd: boolean): readonly Pod[] {
  if (!isEnd || deleted.length === active.length) return release
  const alive = new Set(active)
  for (const pod of deleted) alive.delete(pod)
  return release.filter((pod) => !alive.has(pod))
}

/** Does it for all; resolves with those for which it went well. */
async function settle(pods: readonly Pod[], failures: unknown[], act: (pod: Pod) => Promise<void>): Promise<Pod[]> {
  const results = await Promise.allSettled(pods.map(act))
  for (const result of results) if (result.status === 'rejected') failures.push(result.reason)
  return pods.filter((_, i) => results[i]?.status === 'fulfilled')
}

/** The finalizer first: once it is asked to end it would count as a failure. */
async function removePod(job: Job, pod: Pod, ctx: ReconcileContext): Promise<void> {
  if (isTracked(pod)) await untrackUnchanged(ctx.client, pod)
  await deletePod(job, pod, ctx)
}

/** Resolves with the number of Pods made. */
async function createPods(
  { state, pods: { create } }: JobPlan,
  job: Job,
  run: { ctx: ReconcileContext; failures: unknown[] },
): Promise<number> {
  const indexes = typeof create === 'number' ? undefined : create
  const draftOf = (i: number): ReturnType<typeof podOfJob> => {
    const index = indexes?.[i]
    return index === undefined ? podOfJob(job) : podOfIndex(job, index, state.toReplace.get(index))
  }
  const count = typeof create === 'number' ? create : create.length
  const { succeeded, failures } = await slowStartBatch(count, (i) => createPod(job, draftOf(i), run.ctx))
  run.failures.push(...failures.filter((error) => !isNamespaceTerminating(error)))
  return succeeded.length
}

function recordEvents({ state, end, suspension }: JobPlan, status: V1JobStatus, { recorder }: ReconcileContext): void {
  const { job, completions = Infinity } = state
  if (suspension) recorder.event(job, 'Normal', suspension, `Job ${suspension.toLowerCase()}`)
  if (!end || !isJobFinished(status)) return
  if (end.type === 'FailureTarget') return recorder.event(job, 'Warning', end.reason, end.message)
  if ((status.succeeded ?? 0) > completions)
    recorder.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
  recorder.event(job, 'Normal', 'Completed', 'Job completed')
}
