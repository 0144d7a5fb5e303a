import { deployments, replicaSets, type Kind } from '@quarterdeck/api'
import { controllerOf, type KubeObject } from '@quarterdeck/api-machinery'
import type { Caches } from '@quarterdeck/controller-runtime'

import type { WantedByController } from './plan-budget.ts'

/** What the controller of a pod wants, by its scale; of a ReplicaSet that belongs to a Deployment, what the Deployment wants. */
export function wantedByScale(scalable: readonly Kind[], caches: Caches): WantedByController {
  const ownerOf = (object: KubeObject): { kind: Kind; owner: KubeObject } | undefined => {
    const reference = controllerOf(object)
    const kind = scalable.find((k) => k.kind === reference?.kind && k.apiVersion === reference.apiVersion)
    const owner = kind && caches.cache(kind).get({ namespace: object.metadata.namespace ?? '', name: reference?.name ?? '' })
    return owner && owner.metadata.uid === reference?.uid ? { kind, owner } : undefined
  }
  return (pod) => {
    const found = ownerOf(pod)
    if (!found) return undefined
    const above = found.kind.resource === replicaSets.resource ? ownerOf(found.owner) : undefined
    const { kind, owner } = above?.kind.resource === deployments.resource ? above : found
    return { uid: owner.metadata.uid, replicas: kind.scale?.replicas(owner) ?? 0 }
  }
}
