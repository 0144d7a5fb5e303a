import { csiNodes, daemonSets, type Node, type Pod } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

import type { Sandbox } from './sandbox.ts'

const hostnameLabel = 'kubernetes.io/hostname'

/** A fresh node of the same make: its labels, taints and capacity, but not cordoned, and well. */
function nodeLike({ metadata, spec, ...node }: Node, name: string): Node {
  const { unschedulable: _cordoned, podCIDR: _range, podCIDRs: _ranges, providerID: _machine, ...kept } = spec
  const taints = (spec.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  const labels = { ...metadata.labels, ...(metadata.labels?.[hostnameLabel] === undefined ? {} : { [hostnameLabel]: name }) }
  return { ...node, metadata: { ...metadata, name, uid: `like ${metadata.uid} ${name}`, labels }, spec: { ...kept, taints } }
}

/**
 * Adds a node like one that is there to a sandbox, with the Pods that DaemonSets would run on it. `change` is what differs. Throws if
 * there is no such node.
 */
export function addNodeLike({ core, caches }: Sandbox, like: string, name: string, change = (node: Node): Node => node): Node {
  const known = core.cache.get(like)
  if (!known) throw new Error(`there is no node ${like}`)
  const drivers = caches.cache(csiNodes).get({ namespace: '', name: like })
  if (drivers) caches.set(csiNodes, { ...drivers, metadata: { ...drivers.metadata, name } })
  const node = change(nodeLike(known.node, name))
  core.setNode(node)
  for (const { pod } of known.pods.values()) if (controllerOf(pod)?.kind === daemonSets.kind) core.setPod(onNode(pod, name))
  return node
}

const onNode = (pod: Pod, nodeName: string): Pod => ({
  ...pod,
  metadata: { ...pod.metadata, name: `${pod.metadata.name}-${nodeName}`, uid: `${pod.metadata.uid} on ${nodeName}` },
  spec: { ...pod.spec, nodeName },
})

/** A name for a node like another that no node has. */
export function freeNodeName({ core }: Sandbox, like: string): string {
  for (let i = 1; ; i++) if (!core.cache.get(`${like}-new-${i}`)) return `${like}-new-${i}`
}
