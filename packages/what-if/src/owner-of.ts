import { replicaSets, type Pod } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'
import type { Sandbox } from '@quarterdeck/scheduler'

/** Who a Pod belongs to, as people think of it: `Deployment shop/web`. */
export function ownerOf(pod: Pod, { caches }: Sandbox): string | undefined {
  const { namespace } = pod.metadata
  const owner = controllerOf(pod)
  if (!owner) return undefined
  const replicaSet = owner.kind === replicaSets.kind ? caches.cache(replicaSets).get({ namespace, name: owner.name }) : undefined
  const top = (replicaSet && controllerOf(replicaSet)) ?? owner
  return `${top.kind} ${namespace}/${top.name}`
}
