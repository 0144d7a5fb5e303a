import { canonicalQuantity, type Namespaced } from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeClaim, V1PersistentVolumeClaimSpec } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatusUpdate,
  validatePersistentVolumeClaimUpdate,
} from '../validation/persistent-volume-claim.ts'
import { accessModesText } from '../volumes/access-modes.ts'
import { storageClassNameOf } from '../volumes/storage-class-name.ts'
import { claimWarnings } from '../volumes/storage-warnings.ts'

export type PersistentVolumeClaim = Namespaced<V1PersistentVolumeClaim, 'spec' | 'status'>

export const persistentVolumeClaims = defineKind<PersistentVolumeClaim>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  scope: 'Namespaced',
  model: 'V1PersistentVolumeClaim',
  shortNames: ['pvc'],
  hasStatus: true,
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Whether the claim has its volume.',
      priority: 0,
      value: (o) => (o.metadata.deletionTimestamp ? 'Terminating' : (o.status.phase ?? '')),
    },
    { name: 'Volume', type: 'string', description: 'The volume of the claim.', priority: 0, value: (o) => o.spec.volumeName ?? '' },
    {
      name: 'Capacity',
      type: 'string',
      description: 'Size of the volume.',
      priority: 0,
      value: (o) => (o.spec.volumeName ? canonicalQuantity(o.status.capacity?.['storage'] ?? '0') : ''),
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'Ways in which the volume can be used.',
      priority: 0,
      value: (o) => (o.spec.volumeName ? accessModesText(o.status.accessModes) : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'Storage class of the claim.', priority: 0, value: storageClassNameOf },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'Class of volume attributes of the claim.',
      priority: 0,
      value: (o) => o.spec.volumeAttributesClassName ?? '<unset>',
    },
    ageColumn,
    {
      name: 'VolumeMode',
      type: 'string',
      description: 'Whether the volume holds files or is a block device.',
      priority: 1,
      value: (o) => o.spec.volumeMode ?? '<unset>',
    },
  ],
  selectableFields: { name: (o) => o.metadata.name },
  applyDefaults({ spec, status }) {
    if (status) status.phase ??= 'Pending'
    if (spec) spec.volumeMode ??= 'Filesystem'
  },
  prepareForCreate(object) {
    object.status = {}
    dropForeignDataSource(object.spec)
    levelDataSources(object.spec)
  },
  prepareForUpdate({ spec }, old) {
    if (!old.spec.dataSource && !old.spec.dataSourceRef) dropForeignDataSource(spec)
    levelDataSources(spec)
  },
  warnings: ({ metadata, spec }) => claimWarnings(spec, metadata.annotations),
  validate: validatePersistentVolumeClaim,
  validateUpdate: validatePersistentVolumeClaimUpdate,
  validateStatusUpdate: validatePersistentVolumeClaimStatusUpdate,
})

/** `dataSource` alone may name a claim or a snapshot; anything else there is ignored, for the sake of old clients (KEP-1495). */
function dropForeignDataSource(spec: V1PersistentVolumeClaimSpec): void {
  const { dataSource, dataSourceRef } = spec
  if (!dataSource || dataSourceRef) return
  const { apiGroup = '', kind } = dataSource
  const isClaim = kind === 'PersistentVolumeClaim' && apiGroup === ''
  const isSnapshot = kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io'
  if (!isClaim && !isSnapshot) delete spec.dataSource
}

/** Either field says what the other does, unless the source is in another namespace. */
function levelDataSources(spec: V1PersistentVolumeClaimSpec): void {
  const { dataSource, dataSourceRef } = spec
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource }
  if (!dataSourceRef || dataSource || dataSourceRef.namespace) return
  const { namespace: _, ...local } = dataSourceRef
  spec.dataSource = local
}
