import { dns1123LabelErrors, type Namespaced } from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaim, V1StatefulSet, V1StatefulSetUpdateStrategy } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { replicaScale, wantedReplicas } from '../pod-spec/replicated.ts'
import { selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateCollisionCount, validateReplicaStatus } from '../validation/replica-status.ts'
import { validateNewStatefulSet, validateStatefulSet, validateStatefulSetUpdate } from '../validation/stateful-set.ts'
import { claimWarnings } from '../volumes/storage-warnings.ts'
import { persistentVolumeClaims, type PersistentVolumeClaim } from './persistent-volume-claim.ts'

export type StatefulSet = Namespaced<V1StatefulSet, 'spec' | 'status'>

const selectorOf = (object: StatefulSet): string => selectorText(object.spec.selector)

export const statefulSets = defineKind<StatefulSet>({
  group: 'apps',
  version: 'v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  scope: 'Namespaced',
  model: 'V1StatefulSet',
  shortNames: ['sts'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  scale: replicaScale(selectorOf),
  columns: [
    nameColumn,
    {
      name: 'Ready',
      type: 'string',
      description: 'Number of the pod with ready state',
      priority: 0,
      value: (o) => `${o.status?.readyReplicas ?? 0}/${wantedReplicas(o)}`,
    },
    ageColumn,
    ...templateColumns(selectorOf).filter(({ name }) => name !== 'Selector'),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    spec.podManagementPolicy ??= 'OrderedReady'
    applyStrategyDefaults((spec.updateStrategy ??= {}))
    const retention = (spec.persistentVolumeClaimRetentionPolicy ??= {})
    retention.whenDeleted ??= 'Retain'
    retention.whenScaled ??= 'Retain'
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    applyPodTemplateDefaults(spec.template)
    for (const claim of spec.volumeClaimTemplates ?? []) applyClaimTemplateDefaults(claim)
  },
  prepareForCreate(object) {
    object.status = { availableReplicas: 0, replicas: 0 }
  },
  nameErrors: dns1123LabelErrors,
  validate: validateStatefulSet,
  validateCreate: validateNewStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: ({ status }, { status: old }) => [
    ...validateReplicaStatus(status, 'status.readyReplicas'),
    ...validateCollisionCount(status?.collisionCount, old?.collisionCount),
  ],
  warnings: (object, old) => [
    ...workloadWarnings(object, old, { namesPods: false }),
    ...(object.spec.volumeClaimTemplates ?? []).flatMap((claim, i) =>
      claimWarnings(claim.spec ?? {}, undefined, `spec.volumeClaimTemplates[${i}].spec`),
    ),
    ...((object.spec.revisionHistoryLimit ?? 0) < 0
      ? ['spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended']
      : []),
  ],
})

/** Without a strategy it is a rolling update of all pods; one that is named but says nothing keeps new pods below the current count. */
function applyStrategyDefaults(strategy: V1StatefulSetUpdateStrategy): void {
  if (!strategy.type) {
    strategy.type = 'RollingUpdate'
    strategy.rollingUpdate ??= {}
  }
  if (strategy.type === 'RollingUpdate' && strategy.rollingUpdate) strategy.rollingUpdate.partition ??= 0
}

/** A template is a whole claim, as far as its defaults go. */
function applyClaimTemplateDefaults(claim: V1PersistentVolumeClaim): void {
  claim.apiVersion ??= 'v1'
  claim.kind ??= 'PersistentVolumeClaim'
  claim.status ??= {}
  persistentVolumeClaims.applyDefaults(claim as PersistentVolumeClaim)
}
