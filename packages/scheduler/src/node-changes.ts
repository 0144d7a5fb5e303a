import type { Node } from '@quarterdeck/api'

import type { NodeChange } from './framework/cluster-event.ts'

/** What changed of a node, as far as placing Pods goes. */
export function nodeChanges(old: Node, node: Node): Set<NodeChange> {
  const changes = new Set<NodeChange>()
  const differ = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b)
  if (differ(old.status.allocatable, node.status.allocatable)) changes.add('allocatable')
  if (differ(old.metadata.labels, node.metadata.labels)) changes.add('labels')
  if (differ(old.spec.taints, node.spec.taints)) changes.add('taints')
  if (Boolean(old.spec.unschedulable) !== Boolean(node.spec.unschedulable)) changes.add('unschedulable')
  return changes
}
