import { posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import { forbiddenField, invalidField, notSupportedField, parseQuantity, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeSpec, V1VolumeNodeAffinity } from '../generated/types.ts'
import type { PersistentVolume } from '../kinds/persistent-volume.ts'
import { validateNodeSelector } from '../pod-spec/validate-node-selector.ts'
import { volumeModes } from '../volumes/access-modes.ts'
import { validateAccessModes } from './access-modes.ts'
import { validateClassName } from './class-name.ts'
import { immutableField } from './immutable.ts'
import { validateVolumeSource, volumeSourceNames } from './volume-source.ts'

const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const mountOptionAnnotation = 'volume.beta.kubernetes.io/mount-options'
/** Sources that still read the annotation that spec.mountOptions replaced. */
const sourcesWithMountOptions = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'nfs',
  'rbd',
  'quobyte',
  'iscsi',
  'cinder',
  'cephfs',
  'azureFile',
  'vsphereVolume',
  'azureDisk',
  'photonPersistentDisk',
] as const

export function validatePersistentVolume({ metadata, spec }: PersistentVolume): FieldError[] {
  const errors = [
    ...validateAccessModes(spec.accessModes, 'spec.accessModes'),
    ...validateCapacity(spec.capacity),
    ...validateReclaimPolicy(spec),
    ...validateAffinity(spec.nodeAffinity, 'spec.nodeAffinity'),
    ...validateVolumeSource(spec, metadata.name, 'spec'),
    ...validateClassName(spec.storageClassName, 'spec.storageClassName'),
    ...validateAttributesClass(spec),
  ]
  if (spec.local && !spec.nodeAffinity) errors.push(requiredField('spec.nodeAffinity', 'Local volume requires node affinity'))
  if (spec.volumeMode !== undefined && !volumeModes.includes(spec.volumeMode))
    errors.push(notSupportedField('spec.volumeMode', spec.volumeMode, volumeModes))
  if (metadata.annotations?.[mountOptionAnnotation] !== undefined && !sourcesWithMountOptions.some((name) => spec[name]))
    errors.push(forbiddenField(`metadata.annotations.${mountOptionAnnotation}`, 'may not specify mount options for this volume type'))
  return errors
}

/** A volume that is written into another object, which names its driver and nothing about claims. */
export function validateInlineVolumeSpec(spec: V1PersistentVolumeSpec, path: string): FieldError[] {
  const context = 'in the context of inline volumes'
  const errors: FieldError[] = []
  for (const name of ['claimRef', 'capacity', 'nodeAffinity', 'storageClassName'] as const)
    if (spec[name] !== undefined) errors.push(forbiddenField(`${path}.${name}`, `may not be specified ${context}`))
  if (!spec.csi) errors.push(requiredField(`${path}.csi`, `has to be specified ${context}`))
  const { persistentVolumeReclaimPolicy: policy, volumeMode } = spec
  if (policy && policy !== 'Retain') errors.push(forbiddenField(`${path}.persistentVolumeReclaimPolicy`, `may only be Retain ${context}`))
  if (volumeMode && volumeMode !== 'Filesystem')
    errors.push(forbiddenField(`${path}.volumeMode`, `may not specify volumeMode other than Filesystem ${context}`))
  return [...errors, ...validateAccessModes(spec.accessModes, `${path}.accessModes`), ...validateVolumeSource(spec, '', path)]
}

function validateCapacity(capacity: Record<string, string> = {}): FieldError[] {
  const names = Object.keys(capacity)
  const errors: FieldError[] = names.length > 0 ? [] : [requiredField('spec.capacity')]
  if (names.length !== 1 || names[0] !== 'storage') errors.push(notSupportedField('spec.capacity', capacity, ['storage']))
  for (const [name, amount] of Object.entries(capacity))
    if ((parseQuantity(amount)?.nano ?? 0n) <= 0n) errors.push(invalidField(`spec.capacity[${name}]`, amount, 'must be greater than zero'))
  return errors
}

function validateReclaimPolicy({ persistentVolumeReclaimPolicy: policy, hostPath }: V1PersistentVolumeSpec): FieldError[] {
  const field = 'spec.persistentVolumeReclaimPolicy'
  if (policy && !reclaimPolicies.includes(policy)) return [notSupportedField(field, policy, reclaimPolicies)]
  const isRoot = hostPath?.path !== undefined && posix.resolve('/', hostPath.path) === '/'
  return policy === 'Recycle' && isRoot ? [forbiddenField(field, "may not be 'recycle' for a hostPath mount of '/'")] : []
}

function validateAffinity(affinity: V1VolumeNodeAffinity | undefined, path: string): FieldError[] {
  if (!affinity) return []
  if (!affinity.required) return [requiredField(`${path}.required`, 'must specify required node constraints')]
  return validateNodeSelector(affinity.required, `${path}.required`)
}

function validateAttributesClass({ volumeAttributesClassName: name, csi }: V1PersistentVolumeSpec): FieldError[] {
  if (name === undefined) return []
  const field = 'spec.volumeAttributesClassName'
  const errors = name ? validateClassName(name, field) : [requiredField(field, 'an empty string is disallowed')]
  return csi ? errors : [...errors, requiredField('spec.csi', 'has to be specified when using volumeAttributesClassName')]
}

/** What a volume is, and where it can be reached, stays as it is. */
export function validatePersistentVolumeUpdate({ spec }: PersistentVolume, { spec: old }: PersistentVolume): FieldError[] {
  const errors: FieldError[] = []
  if (!isDeepStrictEqual(sourceOf(spec, old), sourceOf(old, old)))
    errors.push(forbiddenField('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'))
  errors.push(...immutableField(spec.volumeMode, old.volumeMode, 'volumeMode'))
  if (old.nodeAffinity && !isDeepStrictEqual(spec.nodeAffinity, old.nodeAffinity))
    errors.push(invalidField('nodeAffinity', spec.nodeAffinity ?? null, 'field is immutable, except for updating from beta label to GA'))
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    errors.push(forbiddenField('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'))
  return errors
}

/** The source; without the secret to expand with, which may be added later. */
function sourceOf(spec: V1PersistentVolumeSpec, old: V1PersistentVolumeSpec): unknown {
  const sources = Object.fromEntries(volumeSourceNames.flatMap((name) => (spec[name] ? [[name, spec[name]]] : [])))
  if (!spec.csi || old.csi?.controllerExpandSecretRef) return sources
  const { controllerExpandSecretRef: _, ...csi } = spec.csi
  return { ...sources, csi }
}
