import { createHash } from 'node:crypto'

import type { EndpointSlice, Node, Service } from '@quarterdeck/api'

import { readyOf } from '../node-lifecycle/node-health.ts'

const excludedLabel = 'node.kubernetes.io/exclude-from-external-load-balancers'

/**
 * The node that answers for a load balancer's address: the one that does, as long as it can, else one that only the names of
 * service and node decide, so that services spread. Under a policy Local only nodes with a ready endpoint can. Undefined if none can.
 */
export function announcerOf(
  service: Service,
  current: string | undefined,
  { nodes, slices }: { nodes: readonly Node[]; slices: readonly EndpointSlice[] },
): string | undefined {
  const local = service.spec.externalTrafficPolicy === 'Local' ? nodesWithEndpoints(slices) : undefined
  const able = nodes.filter((node) => isAble(node) && (local?.has(node.metadata.name) ?? true)).map(({ metadata }) => metadata.name)
  if (current !== undefined && able.includes(current)) return current
  const weightOf = (name: string): string => createHash('sha256').update(`${service.metadata.uid} ${name}`).digest('hex')
  return able.map((name) => ({ name, weight: weightOf(name) })).toSorted((a, b) => (a.weight < b.weight ? -1 : 1))[0]?.name
}

const isAble = (node: Node): boolean =>
  readyOf(node)?.status === 'True' && !node.metadata.deletionTimestamp && node.metadata.labels?.[excludedLabel] === undefined

function nodesWithEndpoints(slices: readonly EndpointSlice[]): Set<string> {
  const ready = slices.flatMap(({ endpoints }) => (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false))
  return new Set(ready.flatMap(({ nodeName }) => (nodeName ? [nodeName] : [])))
}
