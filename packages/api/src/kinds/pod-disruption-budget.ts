import type { Namespaced } from '@quarterdeck/api-machinery'

import type { IntOrString, V1PodDisruptionBudget } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatus } from '../validation/pod-disruption-budget.ts'

export type PodDisruptionBudget = Namespaced<V1PodDisruptionBudget>

const limitText = (limit: IntOrString | undefined): string => String(limit ?? 'N/A')

export const podDisruptionBudgets = defineKind<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  scope: 'Namespaced',
  model: 'V1PodDisruptionBudget',
  shortNames: ['pdb'],
  hasStatus: true,
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Min Available',
      type: 'string',
      description: 'How many pods must stay available.',
      priority: 0,
      value: (o) => limitText(o.spec?.minAvailable),
    },
    {
      name: 'Max Unavailable',
      type: 'string',
      description: 'How many pods may be unavailable.',
      priority: 0,
      value: (o) => limitText(o.spec?.maxUnavailable),
    },
    {
      name: 'Allowed Disruptions',
      type: 'integer',
      description: 'How many pods may be evicted now.',
      priority: 0,
      value: (o) => o.status?.disruptionsAllowed ?? 0,
    },
    ageColumn,
  ],
  prepareForCreate(object) {
    object.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }
  },
  validate: validatePodDisruptionBudget,
  validateStatusUpdate: validatePodDisruptionBudgetStatus,
})
