import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ReplicationController } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { replicaColumns, replicaScale } from '../pod-spec/replicated.ts'
import { labelMapText } from '../pod-spec/template-columns.ts'
import { validateReplicationController } from '../validation/replication-controller.ts'
import { validateReplicaStatus } from '../validation/replica-status.ts'

export type ReplicationController = Namespaced<V1ReplicationController, 'spec' | 'status'>

const selectorOf = (object: ReplicationController): string => labelMapText(object.spec.selector)

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
  defaultPropagation: 'Orphan',
  scale: replicaScale(selectorOf),
  columns: replicaColumns(selectorOf),
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
  warnings: workloadWarnings,
  validateStatusUpdate: ({ status }) => validateReplicaStatus(status),
})
