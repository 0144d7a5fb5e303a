import { quantityErrorMessage, invalidField, parseQuantity, type ClusterScoped, type FieldError } from '@quarterdeck/api-machinery'

import { ageColumn, defineKind, nameColumn } from '../kind.ts'

export interface ContainerUsage {
  name: string
  /** `cpu` and `memory`, as quantities. */
  usage: Record<string, string>
}

export interface PodUsage {
  namespace: string
  name: string
  uid: string
  containers: ContainerUsage[]
}

export type NodeUsage = ClusterScoped<{
  timestamp: string
  windowSeconds: number
  usage: Record<string, string>
  pods?: PodUsage[] | undefined
}>

/** Written by every agent every few seconds: its changes are not kept. */
export const nodeUsages = defineKind<NodeUsage>({
  group: 'metrics.quarterdeck.dev',
  version: 'v1',
  kind: 'NodeUsage',
  plural: 'nodeusages',
  scope: 'Cluster',
  model: 'V1NodeUsage',
  history: 'none',
  columns: [
    nameColumn,
    { name: 'CPU', type: 'string', description: 'Cores in use.', priority: 0, value: (o) => o.usage?.['cpu'] ?? '' },
    { name: 'Memory', type: 'string', description: 'Memory in use.', priority: 0, value: (o) => o.usage?.['memory'] ?? '' },
    { name: 'Pods', type: 'integer', description: 'Pods that were measured.', priority: 0, value: (o) => o.pods?.length ?? 0 },
    ageColumn,
  ],
  validate: ({ usage }) => validateUsage(usage, 'usage'),
})

function validateUsage(usage: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(usage ?? {}).flatMap(([name, amount]) =>
    parseQuantity(amount) ? [] : [invalidField(`${field}[${name}]`, amount, quantityErrorMessage)],
  )
}
