import { pods } from '@quarterdeck/api'
import { z } from 'zod'

import { eachTarget } from '../objects/each-target.ts'
import { procedure } from '../trpc.ts'
import { evictPod } from './evict-pod.ts'

const podSchema = z.object({ namespace: z.string().min(1).max(253), name: z.string().min(1).max(253), uid: z.string().max(100).optional() })

/** Evicts pods; one that its disruption budget keeps is told with what the budget needs. */
export const evictPods = procedure.input(z.object({ pods: z.array(podSchema).min(1).max(1000) })).mutation(({ ctx, input }) => {
  const uids = new Map(input.pods.map(({ namespace, name, uid }) => [`${namespace}/${name}`, uid]))
  return eachTarget(
    input.pods.map(({ namespace, name }) => ({ apiVersion: pods.apiVersion, plural: pods.plural, namespace, name })),
    (target) => evictPod(ctx.client, target, uids.get(`${target.namespace}/${target.name}`)),
  )
})
