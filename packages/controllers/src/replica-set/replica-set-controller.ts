import { pods, replicaSets, type Pod, type ReplicaSet } from '@quarterdeck/api'
import { controllerOf, keyOf, matchesLabelSelector, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, watch, type Cache, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { reconcileReplicas } from '../replicas/reconcile-replicas.ts'

/** Keeps the number of active Pods a ReplicaSet owns equal to spec.replicas. */
export const replicaSetController = defineController({
  name: 'replicaset',
  primary: replicaSets,
  owns: [pods],
  watches: [watch(pods, ({ object }, { cache }) => adopters(object, cache(replicaSets)))],
  writes: [pods, replicaSets],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const replicaSet = ctx.cache(replicaSets).get(key)
  if (!replicaSet?.spec.template) return done
  return reconcileReplicas(
    {
      object: replicaSet,
      kind: replicaSets,
      replicas: replicaSet.spec.replicas ?? 1,
      minReadySeconds: replicaSet.spec.minReadySeconds ?? 0,
      template: replicaSet.spec.template,
      countsTerminating: true,
      selects: (labels) => matchesLabelSelector(replicaSet.spec.selector, labels),
      related: (owned) => relatedPods(replicaSet, owned, ctx),
    },
    ctx,
  )
}

/** ReplicaSets that may want a pod that no one controls. */
function* adopters(pod: Pod, cache: Cache<ReplicaSet>): Iterable<ObjectKey> {
  if (controllerOf(pod)) return
  for (const replicaSet of cache.list(pod.metadata.namespace)) {
    if (matchesLabelSelector(replicaSet.spec.selector, pod.metadata.labels)) yield keyOf(replicaSet)
  }
}

/** The pods of every ReplicaSet that the same Deployment controls. */
function relatedPods(replicaSet: ReplicaSet, owned: readonly Pod[], ctx: ReconcileContext): readonly Pod[] {
  const owner = controllerOf(replicaSet)
  if (!owner) return owned
  return ctx
    .cache(replicaSets)
    .ownedBy({ metadata: { uid: owner.uid } })
    .flatMap((sibling) => ctx.cache(pods).ownedBy(sibling))
}
