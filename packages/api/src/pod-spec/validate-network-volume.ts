import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  invalidField,
  notSupportedField,
  requiredField,
  tooLongField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Volume } from '../generated/types.ts'
import { validateDescendingPath } from './validate-path.ts'

type Of<Source extends keyof V1Volume> = NonNullable<V1Volume[Source]>

const maxLun = 255
const maxTenantChars = 64
const maxDriverChars = 63
const maxPortalChars = 64
/** What is longer is no name: the expression may begin anywhere in it. */
const longestChecked = 1024
const initiatorPatterns: Record<string, RegExp> = {
  iqn: /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9-.]+)(:[^,;*&$|\s]+)$/,
  eui: /^eui.[a-zA-Z0-9]{16}$/,
  naa: /^naa.[a-zA-Z0-9]{32}$/,
}
const cachingModes = ['None', 'ReadOnly', 'ReadWrite']
const diskKinds = ['Dedicated', 'Managed', 'Shared']
const managedDisk = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}'
const blobDisk = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd'

/** What storage reached over a network asks beyond its required fields, by the source's name. */
export const networkVolumeRules: {
  [Source in keyof V1Volume]?: (source: Of<Source>, path: string, volume: { name: string }) => FieldError[]
} = {
  nfs: (nfs, path) => (nfs.path?.startsWith('/') ? [] : [invalidField(`${path}.path`, nfs.path ?? '', 'must be an absolute path')]),
  gcePersistentDisk: ({ partition }, path) => validatePartition(partition, path),
  awsElasticBlockStore: ({ partition }, path) => validatePartition(partition, path),
  iscsi: validateIscsi,
  fc: validateFibreChannel,
  quobyte: validateQuobyte,
  flocker: validateFlocker,
  cinder: ({ secretRef }, path) => validateSecretRef(secretRef, path),
  flexVolume: ({ options = {} }, path) =>
    Object.keys(options)
      .filter((key) => /\.(kubernetes|k8s)\.io$/.test(`.${key.toLowerCase().split('/')[0]}`))
      .map((key) => invalidField(`${path}.options[${key}]`, key, 'kubernetes.io and k8s.io namespaces are reserved')),
  azureDisk: validateAzureDisk,
  storageos: ({ volumeName = '', volumeNamespace = '', secretRef }, path) => [
    ...(volumeName ? dns1123LabelErrors(volumeName).map((m) => invalidField(`${path}.volumeName`, volumeName, m)) : []),
    ...(volumeNamespace ? dns1123LabelErrors(volumeNamespace).map((m) => invalidField(`${path}.volumeNamespace`, volumeNamespace, m)) : []),
    ...validateSecretRef(secretRef, path),
  ],
  gitRepo: ({ directory = '' }, path) => validateDescendingPath(directory, `${path}.directory`),
  csi: validateCsi,
}

function validatePartition(partition: number | undefined, path: string): FieldError[] {
  const isValid = partition === undefined || (partition >= 0 && partition <= 255)
  return isValid ? [] : [invalidField(`${path}.partition`, partition, 'must be between 1 and 255, inclusive')]
}

function validateLun(lun: number | undefined, path: string): FieldError[] {
  const isValid = lun === undefined || (lun >= 0 && lun <= maxLun)
  return isValid ? [] : [invalidField(`${path}.lun`, lun, `must be between 0 and ${maxLun}, inclusive`)]
}

function validateSecretRef(secretRef: { name?: string | undefined } | undefined, path: string): FieldError[] {
  return secretRef && !secretRef.name ? [requiredField(`${path}.secretRef.name`)] : []
}

function validateIscsi(iscsi: Of<'iscsi'>, path: string, { name: volumeName }: { name: string }): FieldError[] {
  const { iqn = '', lun, initiatorName, targetPortal = '' } = iscsi
  const errors = [...(iqn ? validateInitiator(iqn, `${path}.iqn`) : []), ...validateLun(lun, path)]
  if ((iscsi.chapAuthDiscovery || iscsi.chapAuthSession) && !iscsi.secretRef) errors.push(requiredField(`${path}.secretRef`))
  if (initiatorName === undefined) return errors
  errors.push(...validateInitiator(initiatorName, `${path}.initiatorname`))
  if (`${volumeName}:${targetPortal}`.length > maxPortalChars)
    errors.push(
      invalidField(
        path.replace(/iscsi$/, 'name'),
        volumeName,
        'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
      ),
    )
  return errors
}

function validateInitiator(name: string, field: string): FieldError[] {
  const pattern = initiatorPatterns[name.slice(0, 3)]
  if (!pattern) return [invalidField(field, name, 'must be valid format starting with iqn, eui, or naa')]
  return name.length <= longestChecked && pattern.test(name) ? [] : [invalidField(field, name, 'must be valid format')]
}

function validateFibreChannel({ targetWWNs = [], wwids = [], lun }: Of<'fc'>, path: string): FieldError[] {
  const field = `${path}.targetWWNs`
  const errors: FieldError[] = []
  if (targetWWNs.length === 0 && wwids.length === 0)
    errors.push(requiredField(field, 'must specify either targetWWNs or wwids, but not both'))
  if (targetWWNs.length > 0 && wwids.length > 0)
    errors.push(invalidField(field, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously'))
  if (targetWWNs.length === 0) return errors
  if (lun === undefined) return [...errors, requiredField(`${path}.lun`, 'lun is required if targetWWNs is specified')]
  return [...errors, ...validateLun(lun, path)]
}

function validateQuobyte({ registry, tenant = '' }: Of<'quobyte'>, path: string): FieldError[] {
  if (!registry) return []
  if (tenant.length > maxTenantChars)
    return [requiredField(`${path}.tenant`, `must be a UUID and may not exceed a length of ${maxTenantChars} characters`)]
  return registry
    .split(',')
    .filter((pair) => !/^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(pair))
    .map(() => invalidField(`${path}.registry`, registry, 'must be a host:port pair or multiple pairs separated by commas'))
}

function validateFlocker({ datasetName, datasetUUID }: Of<'flocker'>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (!datasetName && !datasetUUID) errors.push(requiredField(path, 'one of datasetName and datasetUUID is required'))
  if (datasetName && datasetUUID)
    errors.push(invalidField(path, 'resource', 'datasetName and datasetUUID can not be specified simultaneously'))
  if (datasetName?.includes('/')) errors.push(invalidField(`${path}.datasetName`, datasetName, "must not contain '/'"))
  return errors
}

function validateAzureDisk({ cachingMode, kind, diskURI = '' }: Of<'azureDisk'>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (cachingMode !== undefined && !cachingModes.includes(cachingMode))
    errors.push(notSupportedField(`${path}.cachingMode`, cachingMode, cachingModes))
  if (kind === undefined) return errors
  if (!diskKinds.includes(kind)) errors.push(notSupportedField(`${path}.kind`, kind, diskKinds))
  const [start, shape] = kind === 'Managed' ? ['/subscriptions/', managedDisk] : ['https://', blobDisk]
  if (!diskURI.startsWith(start)) errors.push(notSupportedField(`${path}.diskURI`, diskURI, [shape]))
  return errors
}

function validateCsi({ driver = '', nodePublishSecretRef: secret }: Of<'csi'>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (driver.length > maxDriverChars) errors.push(tooLongField(`${path}.driver`, maxDriverChars))
  if (driver) errors.push(...dns1123SubdomainErrors(driver.toLowerCase()).map((m) => invalidField(`${path}.driver`, driver, m)))
  if (!secret) return errors
  const { name = '' } = secret
  if (!name) return [...errors, requiredField(`${path}.nodePublishSecretRef.name`)]
  return [...errors, ...dns1123SubdomainErrors(name).map((m) => invalidField(`${path}.name`, name, m))]
}
