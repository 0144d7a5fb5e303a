import { pods, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

/** Keeps a Pod of a Job, even a deleted one, until the Job has counted it. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(trackingFinalizer) ?? false
}

/** The finalizer goes from this very Pod; that it is gone already is no failure. */
export async function untrack(client: Client, pod: Pod): Promise<void> {
  await patchFinalizers(client, pod, { uid: pod.metadata.uid })
}

/** As untrack, but only if nothing happened to the Pod since it was read: it might have ended, and would then have to be counted. */
export async function untrackUnchanged(client: Client, pod: Pod): Promise<void> {
  const { uid, resourceVersion } = pod.metadata
  await patchFinalizers(client, pod, { uid, resourceVersion })
}

async function patchFinalizers(client: Client, pod: Pod, preconditions: { uid: string; resourceVersion?: string }): Promise<void> {
  const metadata = { ...preconditions, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] }
  try {
    await client.patch(pods, keyOf(pod), { metadata }, { type: 'strategic' })
  } catch (error) {
    if (isApiError(error, 'NotFound')) return
    // Of another Pod under its name nothing is to be taken.
    if (isApiError(error, 'Conflict') && !preconditions.resourceVersion) return
    throw error
  }
}

/** Fails with Conflict if the Pod changed since it was read. */
export async function track(client: Client, pod: Pod): Promise<void> {
  const finalizers = [...(pod.metadata.finalizers ?? []), trackingFinalizer]
  await client.update(pods, { ...pod, metadata: { ...pod.metadata, finalizers } })
}
