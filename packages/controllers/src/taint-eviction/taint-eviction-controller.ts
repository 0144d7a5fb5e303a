import { nodes, pods, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf, keyString, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  index,
  onlyThis,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { podsByNode } from '../node-lifecycle/node-lifecycle-controller.ts'
import { haveSameTaints } from '../node-lifecycle/node-taints.ts'
import { hasEnded, isTerminating } from '../pods/pod-state.ts'
import { evictInMs } from './plan-eviction.ts'
import { TaintClock } from './taint-clock.ts'

/** Deletes Pods from nodes whose NoExecute taints they tolerate no longer. */
export function createTaintEvictionController(): Controller {
  const clock = new TaintClock()
  const marked = new Map<string, string>()
  return defineController({
    name: 'taint-eviction',
    component: 'taint-eviction-controller',
    primary: pods,
    watches: [
      watch(nodes, ({ type, object, old }, { cache }) => {
        clock.keep(object, type === 'deleted' ? [] : (object.spec.taints ?? []))
        if (type === 'deleted' || (old && haveSameTaints(object.spec.taints ?? [], old.spec.taints ?? []))) return []
        if (!object.spec.taints?.length && !old?.spec.taints?.length) return []
        return cache(pods).byIndex(podsByNode, object.metadata.name).map(keyOf)
      }),
    ],
    indexes: [index(pods, podsByNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))],
    writes: [pods],
    reconcile: (key, ctx) => reconcile(key, ctx, { clock, marked }),
  })
}

interface Memory {
  clock: TaintClock
  /** The uids of pods whose time on a tainted node runs, by their keys. */
  marked: Map<string, string>
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, { clock, marked }: Memory): Promise<ReconcileResult> {
  const pod = ctx.cache(pods).get(key)
  const markedUid = marked.get(keyString(key))
  marked.delete(keyString(key))
  if (!pod?.spec.nodeName || hasEnded(pod) || isTerminating(pod)) return done
  const node = ctx.cache(nodes).get(pod.spec.nodeName)
  const leftMs = node && evictInMs(pod, node, { clock, nowMs: ctx.clock.now() })
  if (leftMs === undefined) {
    if (node && markedUid === pod.metadata.uid)
      ctx.recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${keyString(key)}`)
    return done
  }
  if (leftMs > 0) {
    marked.set(keyString(key), pod.metadata.uid)
    return again(leftMs)
  }
  ctx.recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${keyString(key)}`)
  await evict(pod, ctx)
  return done
}

async function evict(pod: Pod, ctx: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(pod)
  const disruption = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: timestamp(new Date(ctx.clock.now())),
  }
  const conditions = [...(pod.status.conditions ?? []).filter(({ type }) => type !== disruption.type), disruption]
  try {
    await ctx.client.update(pods, { ...pod, status: { ...pod.status, conditions } }, { subresource: 'status' })
    await ctx.client.delete(pods, key, options)
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
