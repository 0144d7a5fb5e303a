import { pods, type Pod } from '@quarterdeck/api'
import { isApiError, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import { onlyThis, type ReconcileContext } from '@quarterdeck/controller-runtime'

/** Creates a Pod for its owner, which gets an event of it or of the failure. */
export async function createPod(owner: KubeObject, draft: Draft<Pod>, ctx: ReconcileContext): Promise<Pod> {
  try {
    const pod = await ctx.client.create(pods, draft)
    ctx.recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
    return pod
  } catch (error) {
    if (!isNamespaceTerminating(error)) ctx.recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`)
    throw error
  }
}

/** Deletes this very Pod, of which its owner gets an event. That it is gone already is no failure. */
export async function deletePod(owner: KubeObject, pod: Pod, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(pod)
  try {
    await ctx.client.delete(pods, key, options)
    ctx.recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
  } catch (error) {
    if (isApiError(error, 'NotFound', 'Conflict')) return
    ctx.recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(error)}`)
    throw error
  }
}

/** Nothing can be made in a namespace that goes away, and nothing needs to be. */
export function isNamespaceTerminating(error: unknown): boolean {
  return isApiError(error, 'Forbidden') && (error.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') ?? false)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
