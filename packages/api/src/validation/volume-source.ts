import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  forbiddenField,
  invalidField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PersistentVolumeSpec, V1SecretReference, V1Volume } from '../generated/types.ts'
import { networkVolumeRules } from '../pod-spec/validate-network-volume.ts'
import { validateHostPath } from '../pod-spec/validate-volume.ts'
import { validateNoBacksteps } from '../pod-spec/validate-path.ts'
import { validateDriverName } from './driver-name.ts'

/** Every source of a persistent volume, in the order in which a volume that has several counts them, with what it cannot do without. */
const requiredFields = {
  hostPath: ['path'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  glusterfs: ['endpoints', 'path'],
  flocker: [],
  nfs: ['server', 'path'],
  rbd: ['monitors', 'image'],
  quobyte: ['registry', 'volume'],
  cephfs: ['monitors'],
  iscsi: ['targetPortal', 'iqn'],
  cinder: ['volumeID'],
  fc: [],
  flexVolume: ['driver'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  scaleIO: ['gateway', 'system', 'volumeName'],
  local: ['path'],
  storageos: ['volumeName'],
  csi: ['volumeHandle'],
} satisfies Partial<Record<keyof V1PersistentVolumeSpec, readonly string[]>>

export type VolumeSourceName = keyof typeof requiredFields

export const volumeSourceNames = Object.keys(requiredFields) as readonly VolumeSourceName[]

/** Sources whose rules are those of the same source in a pod. */
const sharedRules = ['gcePersistentDisk', 'awsElasticBlockStore', 'flocker', 'nfs', 'quobyte', 'fc', 'azureDisk', 'iscsi'] as const
type SharedRule = (typeof sharedRules)[number]

/** One source and no other, with what it asks for. */
export function validateVolumeSource(spec: V1PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  const [source, ...others] = volumeSourceNames.filter((name) => spec[name] !== undefined)
  if (!source) return [requiredField(path, 'must specify a volume type')]
  const fields = spec[source] as Readonly<Record<string, unknown>>
  const missing = requiredFields[source].filter((name) => isBlank(fields[name]))
  return [
    ...missing.map((name) => requiredField(`${path}.${source}.${name}`)),
    ...validateDetails(spec, volumeName, path),
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type')),
  ]
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

function validateDetails(spec: V1PersistentVolumeSpec, volumeName: string, path: string): FieldError[] {
  const { hostPath, local, csi, glusterfs, azureFile } = spec
  if (hostPath) return validateHostPath(hostPath, `${path}.hostPath`)
  if (local) return local.path ? validateNoBacksteps(local.path, `${path}.local.path`) : []
  if (csi) return validateCsi(csi, `${path}.csi`)
  if (glusterfs) return validateGlusterNamespace(glusterfs.endpointsNamespace, `${path}.glusterfs.endpointsNamespace`)
  if (azureFile) return azureFile.secretNamespace === '' ? [requiredField(`${path}.azureFile.secretNamespace`)] : []
  const { gcePersistentDisk, awsElasticBlockStore, flocker, nfs, quobyte, fc, azureDisk, iscsi } = spec
  const asInPod: V1Volume = {
    name: volumeName,
    gcePersistentDisk,
    awsElasticBlockStore,
    flocker,
    nfs,
    quobyte,
    fc,
    azureDisk,
    iscsi,
  }
  return sharedRules.flatMap((name) => applyRule(name, asInPod, path))
}

function applyRule<Name extends SharedRule>(name: Name, volume: V1Volume, path: string): FieldError[] {
  const rule = networkVolumeRules[name]
  const source = volume[name]
  return rule && source ? rule(source, `${path}.${name}`, volume) : []
}

function validateGlusterNamespace(namespace: string | undefined, field: string): FieldError[] {
  if (namespace === undefined) return []
  if (!namespace) return [invalidField(field, namespace, 'if the endpointnamespace is set, it must be a valid namespace name')]
  return dns1123LabelErrors(namespace).map((m) => invalidField(field, namespace, m))
}

function validateCsi(csi: NonNullable<V1PersistentVolumeSpec['csi']>, path: string): FieldError[] {
  const errors = validateDriverName(csi.driver, `${path}.driver`)
  for (const name of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const)
    errors.push(...validateSecretReference(csi[name], `${path}.${name}`))
  return errors
}

function validateSecretReference(reference: V1SecretReference | undefined, path: string): FieldError[] {
  if (!reference) return []
  const { name, namespace } = reference
  return [
    ...(name ? dns1123SubdomainErrors(name).map((m) => invalidField(`${path}.name`, name, m)) : [requiredField(`${path}.name`)]),
    ...(namespace
      ? dns1123LabelErrors(namespace).map((m) => invalidField(`${path}.namespace`, namespace, m))
      : [requiredField(`${path}.namespace`)]),
  ]
}
