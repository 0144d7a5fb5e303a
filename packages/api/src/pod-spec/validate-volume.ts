import {
  dns1123LabelErrors,
  duplicateField,
  forbiddenField,
  invalidField,
  notSupportedField,
  parseQuantity,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1PodSpec, V1Volume } from '../generated/types.ts'
import { validateClaimTemplate } from './validate-claim-template.ts'
import { networkVolumeRules } from './validate-network-volume.ts'
import { validateNoBacksteps } from './validate-path.ts'
import { validateProjected } from './validate-projected.ts'
import { validateDownwardFile, validateItems, validateMode } from './validate-volume-files.ts'

type Source = Exclude<keyof V1Volume, 'name'>

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
const pullPolicies = ['Always', 'IfNotPresent', 'Never']

/** Every source, in the order in which a volume that has several counts them, with the fields it cannot do without. */
const requiredFields: Record<Source, readonly string[]> = {
  emptyDir: [],
  hostPath: ['path'],
  gitRepo: ['repository'],
  gcePersistentDisk: ['pdName'],
  awsElasticBlockStore: ['volumeID'],
  secret: ['secretName'],
  nfs: ['server', 'path'],
  iscsi: ['targetPortal', 'iqn'],
  glusterfs: ['endpoints', 'path'],
  flocker: [],
  persistentVolumeClaim: ['claimName'],
  rbd: ['monitors', 'image'],
  cinder: ['volumeID'],
  cephfs: ['monitors'],
  quobyte: ['registry', 'volume'],
  downwardAPI: [],
  fc: [],
  flexVolume: ['driver'],
  configMap: ['name'],
  azureFile: ['secretName', 'shareName'],
  vsphereVolume: ['volumePath'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  storageos: ['volumeName'],
  projected: [],
  scaleIO: ['gateway', 'system', 'volumeName'],
  csi: ['driver'],
  ephemeral: ['volumeClaimTemplate'],
  image: [],
}

export function validateVolumes({ volumes = [] }: V1PodSpec, field: string): FieldError[] {
  const names = new Set<string>()
  return volumes.flatMap((volume, i) => {
    const path = `${field}.volumes[${i}]`
    const errors: FieldError[] = []
    if (!volume.name) errors.push(requiredField(`${path}.name`))
    else errors.push(...dns1123LabelErrors(volume.name).map((m) => invalidField(`${path}.name`, volume.name, m)))
    if (volume.name && names.has(volume.name)) errors.push(duplicateField(`${path}.name`, volume.name))
    names.add(volume.name)
    return [...errors, ...validateSource(volume, path)]
  })
}

function validateSource(volume: V1Volume, path: string): FieldError[] {
  const [source, ...others] = (Object.keys(requiredFields) as Source[]).filter((name) => volume[name] !== undefined)
  if (!source) return [requiredField(path, 'must specify a volume type')]
  // Kubernetes calls this one by another name.
  const at = `${path}.${source === 'gcePersistentDisk' ? 'persistentDisk' : source}`
  const fields = volume[source] as Readonly<Record<string, unknown>>
  const missing = requiredFields[source].filter((name) => isBlank(fields[name]))
  return [
    ...missing.map((name) => requiredField(`${at}.${name}`)),
    ...applyRule(source, volume, at),
    ...others.map((name) => forbiddenField(`${path}.${name}`, 'may not specify more than 1 volume type')),
  ]
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

function applyRule<Name extends Source>(source: Name, volume: V1Volume, at: string): FieldError[] {
  const rule = rules[source]
  const part = volume[source]
  return rule && part ? rule(part, at, volume) : []
}

type Rules = { [Name in Source]?: (part: NonNullable<V1Volume[Name]>, at: string, volume: V1Volume) => FieldError[] }

/** What each source asks beyond its required fields. */
const rules: Rules = {
  ...networkVolumeRules,
  emptyDir: ({ sizeLimit }, at) => validateSizeLimit(sizeLimit, `${at}.sizeLimit`),
  hostPath: validateHostPath,
  secret: validateKeyed,
  configMap: validateKeyed,
  downwardAPI: ({ defaultMode, items = [] }, at) => [
    ...validateMode(defaultMode, `${at}.defaultMode`),
    ...items.flatMap((item) => validateDownwardFile(item, at)),
  ],
  projected: validateProjected,
  ephemeral: ({ volumeClaimTemplate }, at) =>
    volumeClaimTemplate ? validateClaimTemplate(volumeClaimTemplate, `${at}.volumeClaimTemplate`) : [],
  image: ({ pullPolicy }, at) =>
    !pullPolicy || pullPolicies.includes(pullPolicy) ? [] : [notSupportedField(`${at}.pullPolicy`, pullPolicy, pullPolicies)],
}

function validateKeyed(source: NonNullable<V1Volume['secret' | 'configMap']>, at: string): FieldError[] {
  return [...validateMode(source.defaultMode, `${at}.defaultMode`), ...validateItems(source.items, `${at}.items`)]
}

function validateSizeLimit(limit: string | undefined, field: string): FieldError[] {
  const isNegative = limit !== undefined && (parseQuantity(limit)?.nano ?? 0n) < 0n
  return isNegative ? [forbiddenField(field, 'SizeLimit field must be a valid resource quantity')] : []
}

export function validateHostPath({ path: hostPath, type }: NonNullable<V1Volume['hostPath']>, at: string): FieldError[] {
  if (!hostPath) return []
  const errors = validateNoBacksteps(hostPath, `${at}.path`)
  if (type && !hostPathTypes.includes(type)) errors.push(notSupportedField(`${at}.type`, type, hostPathTypes))
  return errors
}
