import { canonicalQuantity, timestamp, type ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1PersistentVolume } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyVolumeSourceDefaults } from '../pod-spec/defaults.ts'
import { validatePersistentVolume, validatePersistentVolumeUpdate } from '../validation/persistent-volume.ts'
import { accessModesText } from '../volumes/access-modes.ts'
import { storageClassNameOf } from '../volumes/storage-class-name.ts'
import { volumeWarnings } from '../volumes/storage-warnings.ts'

export type PersistentVolume = ClusterScoped<V1PersistentVolume, 'spec' | 'status'>

export const persistentVolumes = defineKind<PersistentVolume>({
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  scope: 'Cluster',
  model: 'V1PersistentVolume',
  shortNames: ['pv'],
  hasStatus: true,
  columns: [
    nameColumn,
    {
      name: 'Capacity',
      type: 'string',
      description: 'Size of the volume.',
      priority: 0,
      value: (o) => canonicalQuantity(o.spec.capacity?.['storage'] ?? '0'),
    },
    {
      name: 'Access Modes',
      type: 'string',
      description: 'Ways in which the volume can be used.',
      priority: 0,
      value: (o) => accessModesText(o.spec.accessModes),
    },
    {
      name: 'Reclaim Policy',
      type: 'string',
      description: 'What becomes of the volume once its claim is gone.',
      priority: 0,
      value: (o) => o.spec.persistentVolumeReclaimPolicy ?? '',
    },
    {
      name: 'Status',
      type: 'string',
      description: 'Whether the volume is free, has its claim or has lost it.',
      priority: 0,
      value: (o) => (o.metadata.deletionTimestamp ? 'Terminating' : (o.status.phase ?? '')),
    },
    {
      name: 'Claim',
      type: 'string',
      description: 'The claim that has the volume.',
      priority: 0,
      value: ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}` : ''),
    },
    { name: 'StorageClass', type: 'string', description: 'Storage class of the volume.', priority: 0, value: storageClassNameOf },
    {
      name: 'VolumeAttributesClass',
      type: 'string',
      description: 'Class of volume attributes of the volume.',
      priority: 0,
      value: (o) => o.spec.volumeAttributesClassName ?? '<unset>',
    },
    { name: 'Reason', type: 'string', description: 'Why the volume failed.', priority: 0, value: (o) => o.status.reason ?? '' },
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
    if (!spec) return
    spec.persistentVolumeReclaimPolicy ??= 'Retain'
    spec.volumeMode ??= 'Filesystem'
    applyVolumeSourceDefaults(spec)
  },
  prepareForCreate(object) {
    object.status = { phase: 'Pending', lastPhaseTransitionTime: timestamp() }
  },
  prepareForStatusUpdate({ status }, { status: old }) {
    if (status.phase === old.phase) status.lastPhaseTransitionTime ??= old.lastPhaseTransitionTime
    else if (status.lastPhaseTransitionTime === undefined || status.lastPhaseTransitionTime === old.lastPhaseTransitionTime)
      status.lastPhaseTransitionTime = timestamp()
  },
  warnings: ({ metadata, spec }) => volumeWarnings(spec, metadata.annotations),
  validate: validatePersistentVolume,
  validateUpdate: validatePersistentVolumeUpdate,
})
