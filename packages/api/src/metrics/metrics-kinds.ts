import type { ClusterScoped, KubeObject, Namespaced } from '@quarterdeck/api-machinery'

import { defineKind, nameColumn, type Column, type Kind } from '../kind.ts'
import { nodeUsages, type ContainerUsage, type NodeUsage } from '../kinds/node-usage.ts'
import { nodes } from '../kinds/node.ts'
import { pods } from '../kinds/pod.ts'

/** Finds the objects of a stored kind, by namespace and name; the namespace of a cluster-scoped one is ''. */
export type ObjectLookup = <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) => T | undefined

/** A kind whose objects are not stored: they are made of others' when asked for. It is read by get and list alone. */
export interface DerivedKind<T extends KubeObject = KubeObject> {
  kind: Kind<T>
  /** What its objects are made of. */
  from: Kind
  /** Looked at besides. */
  reads: readonly Kind[]
  derive(source: KubeObject, lookUp: ObjectLookup): T[]
}

export type NodeMetrics = ClusterScoped<{ timestamp: string; window: string; usage: Record<string, string> }>
export type PodMetrics = Namespaced<{ timestamp: string; window: string; containers: ContainerUsage[] }>

const columnOf = <T>(name: string, value: Column<T>['value']): Column<T> => ({
  name,
  type: 'string',
  description: name,
  priority: 0,
  value,
})
const metricsGroup = { group: 'metrics.k8s.io', version: 'v1beta1', verbs: ['get', 'list'] } as const

export const nodeMetrics = defineKind<NodeMetrics>({
  ...metricsGroup,
  kind: 'NodeMetrics',
  plural: 'nodes',
  singular: '',
  scope: 'Cluster',
  model: 'V1beta1NodeMetrics',
  columns: [
    nameColumn,
    columnOf('CPU', (o) => o.usage['cpu'] ?? ''),
    columnOf('Memory', (o) => o.usage['memory'] ?? ''),
    columnOf('Window', (o) => o.window),
  ],
})

export const podMetrics = defineKind<PodMetrics>({
  ...metricsGroup,
  kind: 'PodMetrics',
  plural: 'pods',
  singular: '',
  scope: 'Namespaced',
  model: 'V1beta1PodMetrics',
  columns: [nameColumn, columnOf('Containers', (o) => o.containers.map(({ name }) => name).join(',')), columnOf('Window', (o) => o.window)],
})

/** The resource metrics API (metrics.k8s.io), made of what agents measured. */
export const derivedKinds: readonly DerivedKind[] = [
  { kind: nodeMetrics, from: nodeUsages, reads: [nodes], derive: (source, lookUp) => deriveNode(source as NodeUsage, lookUp) },
  { kind: podMetrics, from: nodeUsages, reads: [pods], derive: (source, lookUp) => derivePods(source as NodeUsage, lookUp) },
]

const metaOf = ({ metadata }: KubeObject): KubeObject['metadata'] => {
  const { name, namespace, labels, creationTimestamp } = metadata
  return { name, ...(namespace ? { namespace } : {}), creationTimestamp, ...(labels ? { labels } : {}) } as KubeObject['metadata']
}

const measured = ({ timestamp, windowSeconds }: NodeUsage) => ({ timestamp, window: `${windowSeconds}s` })

function deriveNode(usage: NodeUsage, lookUp: ObjectLookup): NodeMetrics[] {
  const node = lookUp(nodes, '', usage.metadata.name)
  if (!node) return []
  return [{ apiVersion: nodeMetrics.apiVersion, kind: nodeMetrics.kind, metadata: metaOf(node), ...measured(usage), usage: usage.usage }]
}

/** A pod that is gone, or another of its name, is left out. */
function derivePods(usage: NodeUsage, lookUp: ObjectLookup): PodMetrics[] {
  return (usage.pods ?? []).flatMap(({ namespace, name, uid, containers }) => {
    const pod = lookUp(pods, namespace, name)
    if (pod?.metadata.uid !== uid) return []
    const metadata = metaOf(pod) as PodMetrics['metadata']
    return [{ apiVersion: podMetrics.apiVersion, kind: podMetrics.kind, metadata, ...measured(usage), containers }]
  })
}
