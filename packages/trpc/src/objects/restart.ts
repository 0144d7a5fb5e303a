import { deployments, pods, type Deployment } from '@quarterdeck/api'
import { badRequest, timestamp } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { kindInfoOf } from '../kinds/kind-info.ts'
import { resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { eachTarget } from './each-target.ts'

/** The annotation `kubectl rollout restart` sets. */
const restartedAtAnnotation = 'kubectl.kubernetes.io/restartedAt'

/** Replaces the pods of workloads by their own rollout; of a Pod, deletes it so that its owner makes another. */
export const restartObjects = procedure.input(z.object({ targets: z.array(targetSchema).min(1).max(1000) })).mutation(({ ctx, input }) =>
  eachTarget(input.targets, async (target) => {
    const { kind, key } = resolveTarget(ctx.server.core, target)
    if (kind.resource === pods.resource) {
      const pod = await ctx.client.get(pods, key)
      const isReplaced = pod.metadata.ownerReferences?.some((reference) => reference.controller)
      if (!isReplaced) throw badRequest(`nothing would replace the pod ${key.name}: no controller owns it`)
      await ctx.client.delete(pods, key, { preconditions: { uid: pod.metadata.uid } })
      return
    }
    if (!kindInfoOf(kind).canRestart) throw badRequest(`a ${kind.kind} has no pods to restart`)
    if (kind.resource === deployments.resource && ((await ctx.client.get(kind, key)) as Deployment).spec.paused)
      throw badRequest(`the ${kind.kind} ${key.name} is paused: resume it first, then restart it`)
    const annotations = { [restartedAtAnnotation]: timestamp() }
    await ctx.client.patch(kind, key, { spec: { template: { metadata: { annotations } } } }, { type: 'strategic' })
  }),
)
