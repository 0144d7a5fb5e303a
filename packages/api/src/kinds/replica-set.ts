import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicaSet } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { replicaColumns, replicaScale } from '../pod-spec/replicated.ts'
import { selectorText } from '../pod-spec/template-columns.ts'
import { validateReplicaStatus } from '../validation/replica-status.ts'
import { validateReplicaSet, validateReplicaSetUpdate } from '../validation/replica-set.ts'

export type ReplicaSet = Namespaced<V1ReplicaSet, 'spec' | 'status'>

const selectorOf = (object: ReplicaSet): string => selectorText(object.spec.selector)

export const replicaSets = defineKind<ReplicaSet>({
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  plural: 'replicasets',
  scope: 'Namespaced',
  model: 'V1ReplicaSet',
  shortNames: ['rs'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  scale: replicaScale(selectorOf),
  columns: replicaColumns(selectorOf),
  selectableFields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  applyDefaults({ spec }) {
    if (!spec) return
    spec.replicas ??= 1
    applyPodTemplateDefaults(spec.template)
  },
  prepareForCreate(object) {
    object.status = { replicas: 0 }
  },
  validate: validateReplicaSet,
  warnings: workloadWarnings,
  validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
  validateUpdate: validateReplicaSetUpdate,
})
