import { pods, replicationControllers, type Pod, type ReplicationController } from '@quarterdeck/api'
import { controllerOf, keyOf, matchesLabelMap, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, watch, type Cache, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { reconcileReplicas } from '../replicas/reconcile-replicas.ts'

/** Keeps the number of active Pods a ReplicationController owns equal to spec.replicas. */
export const replicationControllerController = defineController({
  name: 'replicationcontroller',
  component: 'replication-controller',
  primary: replicationControllers,
  owns: [pods],
  watches: [watch(pods, ({ object }, { cache }) => adopters(object, cache(replicationControllers)))],
  writes: [pods, replicationControllers],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const controller = ctx.cache(replicationControllers).get(key)
  if (!controller?.spec.template) return done
  return reconcileReplicas(
    {
      object: controller,
      kind: replicationControllers,
      replicas: controller.spec.replicas ?? 1,
      minReadySeconds: controller.spec.minReadySeconds ?? 0,
      template: controller.spec.template,
      countsTerminating: false,
      selects: (labels) => matchesLabelMap(controller.spec.selector, labels),
      related: (owned) => owned,
    },
    ctx,
  )
}

/** ReplicationControllers that may want a pod that no one controls. */
function* adopters(pod: Pod, cache: Cache<ReplicationController>): Iterable<ObjectKey> {
  if (controllerOf(pod)) return
  for (const controller of cache.list(pod.metadata.namespace))
    if (matchesLabelMap(controller.spec.selector, pod.metadata.labels)) yield keyOf(controller)
}
