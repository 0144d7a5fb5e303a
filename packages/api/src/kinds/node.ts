import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1Node } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateNode, validateNodeCreate, validateNodeUpdate } from '../validation/node.ts'

export type Node = ClusterScoped<V1Node, 'spec' | 'status'>

const rolePrefix = 'node-role.kubernetes.io/'

/** `Ready`, `NotReady,SchedulingDisabled`, `Unknown` … as `kubectl get nodes` shows it. */
export function nodeStatusText({ spec, status }: Node): string {
  const ready = status?.conditions?.find((c) => c.type === 'Ready')
  const text = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text
}

function rolesText({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) =>
    key.startsWith(rolePrefix) ? [key.slice(rolePrefix.length)] : key === 'kubernetes.io/role' ? [value] : [],
  )
  return roles.filter(Boolean).toSorted().join(',') || '<none>'
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find((a) => a.type === type)?.address ?? '<none>'
}

export const nodes = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  scope: 'Cluster',
  model: 'V1Node',
  shortNames: ['no'],
  hasStatus: true,
  columns: [
    nameColumn,
    { name: 'Status', type: 'string', description: 'Whether the node is ready, and open to new pods.', priority: 0, value: nodeStatusText },
    { name: 'Roles', type: 'string', description: 'Roles of the node.', priority: 0, value: rolesText },
    ageColumn,
    {
      name: 'Version',
      type: 'string',
      description: 'Version of the node agent.',
      priority: 0,
      value: (o) => o.status?.nodeInfo?.kubeletVersion ?? '',
    },
    {
      name: 'Internal-IP',
      type: 'string',
      description: 'Address inside the cluster.',
      priority: 1,
      value: (o) => addressOf(o, 'InternalIP'),
    },
    {
      name: 'External-IP',
      type: 'string',
      description: 'Address outside the cluster.',
      priority: 1,
      value: (o) => addressOf(o, 'ExternalIP'),
    },
    {
      name: 'OS-Image',
      type: 'string',
      description: 'Operating system of the node.',
      priority: 1,
      value: (o) => o.status?.nodeInfo?.osImage || '<unknown>',
    },
    {
      name: 'Kernel-Version',
      type: 'string',
      description: 'Kernel of the node.',
      priority: 1,
      value: (o) => o.status?.nodeInfo?.kernelVersion || '<unknown>',
    },
    {
      name: 'Container-Runtime',
      type: 'string',
      description: 'Container runtime of the node.',
      priority: 1,
      value: (o) => o.status?.nodeInfo?.containerRuntimeVersion || '<unknown>',
    },
  ],
  selectableFields: { 'spec.unschedulable': (o) => String(o.spec?.unschedulable ?? false) },
  prepareForCreate(object) {
    object.spec ??= {}
    if (object.spec.podCIDR && !object.spec.podCIDRs?.length) object.spec.podCIDRs = [object.spec.podCIDR]
    object.status ??= {}
  },
  validate: validateNode,
  warnings: ({ spec }) => [
    ...(spec?.configSource ? ['spec.configSource: the feature is removed'] : []),
    ...(spec?.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  ],
  validateCreate: validateNodeCreate,
  validateStatusUpdate: (node, old) => [...validateNode(node), ...validateNodeUpdate(node, old)],
  validateUpdate: validateNodeUpdate,
})
