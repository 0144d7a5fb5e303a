import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1PriorityClass } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/priority-class.ts'

export type PriorityClass = ClusterScoped<V1PriorityClass>

export const priorityClasses = defineKind<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  scope: 'Cluster',
  model: 'V1PriorityClass',
  shortNames: ['pc'],
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'The priority its pods get.', priority: 0, value: (o) => o.value ?? 0 },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get this one.',
      priority: 0,
      value: (o) => o.globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      type: 'string',
      description: 'Whether its pods may have others evicted to make room.',
      priority: 0,
      value: (o) => o.preemptionPolicy ?? '',
    },
  ],
  applyDefaults(object) {
    object.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
})
