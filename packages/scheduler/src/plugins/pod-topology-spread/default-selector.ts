import { replicaSets, replicationControllers, services, statefulSets } from '@quarterdeck/api'
import { controllerOf, requirementsOf, type Requirement } from '@quarterdeck/api-machinery'
import { LruMap, servicesSelecting, type Caches, type Clock } from '@quarterdeck/controller-runtime'

import type { PodInfo } from '../../cache/pod-info.ts'

/** Selectors are derived anew after this time: they only say what to prefer. */
const freshMs = 1000
const most = 1000

/** The Pods that belong together with a Pod: those of the Services that select it and of the controller that owns it. */
export function createDefaultSelector(caches: Caches, clock: Clock): (pod: PodInfo) => readonly Requirement[] {
  const known = new LruMap<string, { atMs: number; selector: readonly Requirement[] }>(most)
  return (pod) => {
    const id = JSON.stringify([pod.namespace, pod.labels, controllerOf(pod.pod)?.uid])
    const found = known.get(id)
    if (found && clock.now() - found.atMs < freshMs) return found.selector
    const selector = [...ofServices(pod, caches), ...ofOwner(pod, caches)]
    known.set(id, { atMs: clock.now(), selector })
    return selector
  }
}

function ofServices(pod: PodInfo, caches: Caches): Requirement[] {
  const selecting = servicesSelecting(caches.cache(services), pod)
  return requirementsOf({ matchLabels: Object.assign({}, ...selecting.map(({ spec }) => spec.selector)) as Record<string, string> })
}

function ofOwner({ pod, namespace }: PodInfo, caches: Caches): Requirement[] {
  const owner = controllerOf(pod)
  if (!owner) return []
  const key = { namespace, name: owner.name }
  switch (`${owner.apiVersion} ${owner.kind}`) {
    case 'v1 ReplicationController':
      return requirementsOf({ matchLabels: caches.cache(replicationControllers).get(key)?.spec.selector })
    case 'apps/v1 ReplicaSet':
      return requirementsOf(caches.cache(replicaSets).get(key)?.spec.selector ?? {})
    case 'apps/v1 StatefulSet':
      return requirementsOf(caches.cache(statefulSets).get(key)?.spec.selector ?? {})
    default:
      return []
  }
}
