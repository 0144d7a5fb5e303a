import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1RuntimeClass } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateRuntimeClass, validateRuntimeClassUpdate } from '../validation/runtime-class.ts'

export type RuntimeClass = ClusterScoped<V1RuntimeClass>

export const runtimeClasses = defineKind<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  scope: 'Cluster',
  model: 'V1RuntimeClass',
  columns: [
    nameColumn,
    { name: 'Handler', type: 'string', description: 'What the container runtime calls it.', priority: 0, value: (o) => o.handler ?? '' },
    ageColumn,
  ],
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
})
