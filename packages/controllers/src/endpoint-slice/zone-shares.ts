import type { Node, Service } from '@quarterdeck/api'
import { milliValueOf } from '@quarterdeck/api-machinery'

import { readyOf } from '../node-lifecycle/node-health.ts'

/** Which part of a Service's traffic is expected from each zone (they sum to 1), or why that can't be said. */
export type ZoneShares = ReadonlyMap<string, number> | { refusal: string }

const zoneLabel = 'topology.kubernetes.io/zone'
const controlPlaneLabels = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master']

/** The zone of a node; undefined: it has none, or is not known. */
export const zoneOfNode = (node: Node | undefined): string | undefined => node?.metadata.labels?.[zoneLabel]

/** Whether a Service asks for endpoints to be shared out over zones by their size; the annotation's old name comes first. */
export function wantsZoneShares({ metadata: { annotations = {} } }: Service): boolean {
  const mode = annotations['service.kubernetes.io/topology-aware-hints'] ?? annotations['service.kubernetes.io/topology-mode']
  return mode === 'Auto' || mode === 'auto'
}

/** By the CPU that Pods may use on the Ready nodes of each zone, those of the control plane aside. */
export function zoneSharesOf(nodes: readonly Node[]): ZoneShares {
  const cpuOfZone = new Map<string, number>()
  for (const node of nodes) {
    if (!isCounted(node)) continue
    const zone = zoneOfNode(node)
    const cpu = milliValueOf(node.status.allocatable?.['cpu'])
    if (!zone || cpu === 0) return { refusal: 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes' }
    cpuOfZone.set(zone, (cpuOfZone.get(zone) ?? 0) + cpu)
  }
  if (cpuOfZone.size < 2) return { refusal: 'Nodes only ready in one zone' }
  const total = [...cpuOfZone.values()].reduce((sum, cpu) => sum + cpu, 0)
  return new Map([...cpuOfZone].map(([zone, cpu]) => [zone, cpu / total]))
}

/** What of a node the shares depend on. */
export function shareFactsOf(node: Node): string {
  return isCounted(node) ? `${zoneOfNode(node) ?? ''} ${node.status.allocatable?.['cpu'] ?? ''}` : ''
}

function isCounted(node: Node): boolean {
  return readyOf(node)?.status === 'True' && !controlPlaneLabels.some((label) => label in (node.metadata.labels ?? {}))
}
