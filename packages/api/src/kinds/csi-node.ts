import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1CSINode } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateCsiNode, validateCsiNodeUpdate } from '../validation/csi-node.ts'

export type CSINode = ClusterScoped<V1CSINode>

export const csiNodes = defineKind<CSINode>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  model: 'V1CSINode',
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'Number of CSI drivers on the node.',
      priority: 0,
      value: (o) => o.spec.drivers?.length ?? 0,
    },
    ageColumn,
  ],
  // Required, and empty as long as no driver is there.
  applyDefaults({ spec }) {
    if (spec) spec.drivers ??= []
  },
  validate: validateCsiNode,
  validateUpdate: validateCsiNodeUpdate,
})
