import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1StorageClass } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateStorageClass, validateStorageClassUpdate } from '../validation/storage-class.ts'
import { topologyWarnings } from '../volumes/storage-warnings.ts'

export type StorageClass = ClusterScoped<V1StorageClass>

export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class'

/** Whether claims that name no class get this one. */
export function isDefaultClass({ metadata: { annotations } }: StorageClass): boolean {
  return annotations?.[defaultClassAnnotation] === 'true' || annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true'
}

/** The class that claims without one get: of several defaults the newest, of equally old ones the first by name. */
export function defaultClassOf(classes: Iterable<StorageClass>): StorageClass | undefined {
  return [...classes]
    .filter((c) => isDefaultClass(c) && !c.metadata.deletionTimestamp)
    .toSorted(
      (a, b) => compareText(b.metadata.creationTimestamp, a.metadata.creationTimestamp) || compareText(a.metadata.name, b.metadata.name),
    )[0]
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const storageClasses = defineKind<StorageClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  scope: 'Cluster',
  model: 'V1StorageClass',
  shortNames: ['sc'],
  columns: [
    { ...nameColumn, value: (o) => (isDefaultClass(o) ? `${o.metadata.name} (default)` : o.metadata.name) },
    { name: 'Provisioner', type: 'string', description: 'Who makes the volumes.', priority: 0, value: (o) => o.provisioner },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      description: 'What becomes of a volume once its claim is gone.',
      priority: 0,
      value: (o) => o.reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      description: 'When a claim gets its volume.',
      priority: 0,
      value: (o) => o.volumeBindingMode ?? 'Immediate',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: 'Whether a claim may grow.',
      priority: 0,
      value: (o) => o.allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
  applyDefaults(object) {
    object.reclaimPolicy ??= 'Delete'
    object.volumeBindingMode ??= 'Immediate'
  },
  warnings: (object) => topologyWarnings(object.allowedTopologies),
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
})
