import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicaSet } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateReplicaStatus } from '../validation/replica-status.ts'
import { validateReplicaSet, validateReplicaSetUpdate } from '../validation/replica-set.ts'

export type ReplicaSet = Namespaced<V1ReplicaSet, 'spec' | 'status'>

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
  scale: {
    replicas: (o) => o.spec.replicas ?? 1,
    setReplicas(o, replicas) {
      o.spec.replicas = replicas
    },
    statusReplicas: (o) => o.status?.replicas ?? 0,
    selector: (o) => selectorText(o.spec.selector),
  },
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods wanted.', priority: 0, value: (o) => o.spec.replicas ?? 1 },
    { name: 'Current', type: 'integer', description: 'Pods that exist.', priority: 0, value: (o) => o.status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', description: 'Pods that are ready.', priority: 0, value: (o) => o.status?.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns<ReplicaSet>((o) => selectorText(o.spec.selector)),
  ],
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
  validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
  validateUpdate: validateReplicaSetUpdate,
})
