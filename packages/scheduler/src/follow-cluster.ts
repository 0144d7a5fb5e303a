import {
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  deviceClasses,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods,
  replicaSets,
  replicationControllers,
  resourceClaims,
  services,
  statefulSets,
  storageClasses,
  volumeAttachments,
  type Kind,
} from '@quarterdeck/api'
import type { InformerFactory } from '@quarterdeck/controller-runtime'

import type { WatchedKind } from './framework/cluster-event.ts'
import type { SchedulerCore } from './scheduler-core.ts'

const kindsOf = (...kinds: readonly unknown[]): readonly Kind[] => kinds as readonly Kind[]

/** Verdicts of plugins depend on these. */
const watched = kindsOf(
  persistentVolumes,
  persistentVolumeClaims,
  storageClasses,
  csiNodes,
  csiDrivers,
  csiStorageCapacities,
  resourceClaims,
  deviceClasses,
)
/** Read by plugins, without being told of changes. */
const alsoRead = kindsOf(podDisruptionBudgets, services, replicaSets, replicationControllers, statefulSets, volumeAttachments)

/** Tells the core of everything that happens to what it places by, once all of it is known. Returns the function that ends it. */
export async function followCluster(core: SchedulerCore, informers: InformerFactory): Promise<() => void> {
  const all = [...kindsOf(namespaces, nodes, pods), ...watched, ...alsoRead].map((kind) => informers.of(kind))
  await Promise.all(all.map((informer) => informer.synced()))
  const removers = [
    informers.of(namespaces).onChange(({ type, object, old }) => core.setNamespace(object, type === 'deleted' ? 'deleted' : old)),
    ...watched.map((kind) =>
      informers.of(kind).onChange(({ type, object, old }) => {
        const event = { type: kind.kind as WatchedKind, object: type === 'deleted' ? undefined : object, old }
        core.announce(event)
      }),
    ),
    informers
      .of(nodes)
      .onChange(({ type, object, old }) => (type === 'deleted' ? core.removeNode(object.metadata.name) : core.setNode(object, old))),
    informers.of(pods).onChange(({ type, object, old }) => (type === 'deleted' ? core.removePod(object) : core.setPod(object, old))),
  ]
  return () => {
    for (const remove of removers) remove()
  }
}
