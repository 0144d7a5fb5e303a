import { pods, type Pod } from '@quarterdeck/api'
import { badRequest, isApiError, notFound, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import { storedKindOf } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { requestOf, resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'

/** Makes an object again what it was at a revision; a deleted one is created anew. Its status stays what it is. */
export const restoreObject = procedure.input(targetSchema.extend({ revision: z.int().min(1) })).mutation(async ({ ctx, input }) => {
  const { core } = ctx.server
  const { kind, key } = resolveTarget(core, input)
  await core.authorize(requestOf(ctx.user, kind, key), 'get')
  const [entry] = await core.store.history({
    resource: storedKindOf(kind).resource,
    namespace: key.namespace,
    name: key.name,
    before: input.revision + 1,
    limit: 1,
  })
  if (entry?.revision !== input.revision)
    throw notFound({ group: kind.group, resource: kind.plural }, `${key.name} at revision ${input.revision}`)
  const draft = asDraft(entry.object)
  try {
    const live = await ctx.client.get(kind, key)
    if (live.metadata.deletionTimestamp) throw isGoing(live)
    const { labels, annotations } = draft.metadata
    await ctx.client.update(kind, { ...draft, metadata: { ...live.metadata, labels, annotations } } as KubeObject)
    return { action: 'configured' as const }
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
    await ctx.client.create(kind, draft)
    return { action: 'created' as const }
  }
})

function isGoing({ kind, metadata: { name, finalizers = [] } }: KubeObject): Error {
  const waits = finalizers.length > 0 ? ` and waits for ${finalizers.join(', ')}` : ''
  return badRequest(`the ${kind} ${name} is still being deleted${waits}: restore it when it has gone`)
}

/** The object without what belongs to one life of it: identity, ownership, deletion, status and its place on a node. */
function asDraft(object: KubeObject): Draft<KubeObject> {
  const { status: _, ...rest } = (object.kind === pods.kind ? unplaced(object as Pod) : object) as KubeObject & { status?: unknown }
  const { name, namespace, labels, annotations } = object.metadata
  return {
    ...rest,
    metadata: { name, ...(namespace ? { namespace } : {}), ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
  }
}

/** What the scheduler decided, and what may only be added to a pod that runs. */
function unplaced(pod: Pod): Pod {
  const { nodeName: _node, ephemeralContainers: _added, ...spec } = pod.spec
  return { ...pod, spec }
}
