import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicationController } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { labelMapText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateReplicationController } from '../validation/replication-controller.ts'
import { validateReplicaStatus } from '../validation/replica-status.ts'

export type ReplicationController = Namespaced<V1ReplicationController, 'spec' | 'status'>

export const replicationControllers = defineKind<ReplicationController>({
  group: '',
  version: 'v1',
  kind: 'ReplicationController',
  plural: 'replicationcontrollers',
  scope: 'Namespaced',
  model: 'V1ReplicationController',
  shortNames: ['rc'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  scale: {
    replicas: (o) => o.spec.replicas ?? 1,
    setReplicas(o, replicas) {
      o.spec.replicas = replicas
    },
    statusReplicas: (o) => o.status?.replicas ?? 0,
    selector: (o) => labelMapText(o.spec.selector),
  },
  columns: [
    nameColumn,
    { name: 'Desired', type: 'integer', description: 'Pods wanted.', priority: 0, value: (o) => o.spec.replicas ?? 1 },
    { name: 'Current', type: 'integer', description: 'Pods that exist.', priority: 0, value: (o) => o.status?.replicas ?? 0 },
    { name: 'Ready', type: 'integer', description: 'Pods that are ready.', priority: 0, value: (o) => o.status?.readyReplicas ?? 0 },
    ageColumn,
    ...templateColumns<ReplicationController>((o) => labelMapText(o.spec.selector)),
  ],
  selectableFields: { 'status.replicas': (o) => String(o.status?.replicas ?? 0) },
  applyDefaults({ metadata, spec }) {
    if (!spec) return
    spec.replicas ??= 1
    const labels = spec.template?.metadata?.labels
    if (labels) {
      spec.selector ??= { ...labels }
      metadata.labels ??= { ...labels }
    }
    applyPodTemplateDefaults(spec.template)
  },
  prepareForCreate(object) {
    object.status = { replicas: 0 }
  },
  validate: validateReplicationController,
  validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
})
