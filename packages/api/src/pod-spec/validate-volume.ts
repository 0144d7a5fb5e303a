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

import type { V1KeyToPath, V1PodSpec, V1Volume } from '../generated/types.ts'

const hostPathTypes = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']
const maxFileMode = 0o777

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
  const sources = Object.keys(volume).filter((key) => key !== 'name')
  if (sources.length === 0) return [requiredField(path, 'must specify a volume type')]
  if (sources.length > 1)
    return sources.slice(1).map((source) => forbiddenField(`${path}.${source}`, 'may not specify more than 1 volume type'))
  const { hostPath, configMap, secret, projected, downwardAPI, ephemeral } = volume
  if (hostPath) return validateHostPath(hostPath, `${path}.hostPath`)
  if (configMap)
    return [
      ...(configMap.name ? [] : [requiredField(`${path}.configMap.name`)]),
      ...validateMode(configMap.defaultMode, `${path}.configMap.defaultMode`),
      ...validateItems(configMap.items, `${path}.configMap.items`),
    ]
  if (secret)
    return [
      ...(secret.secretName ? [] : [requiredField(`${path}.secret.secretName`)]),
      ...validateMode(secret.defaultMode, `${path}.secret.defaultMode`),
      ...validateItems(secret.items, `${path}.secret.items`),
    ]
  if (downwardAPI)
    return (downwardAPI.items ?? []).flatMap((item, i) => validateFilePath(item.path, `${path}.downwardAPI.items[${i}].path`))
  if (projected) return validateProjected(projected, `${path}.projected`)
  if (ephemeral && !ephemeral.volumeClaimTemplate) return [requiredField(`${path}.ephemeral.volumeClaimTemplate`)]
  if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
    return [requiredField(`${path}.persistentVolumeClaim.claimName`)]
  if (volume.emptyDir?.sizeLimit !== undefined && (parseQuantity(volume.emptyDir.sizeLimit)?.nano ?? 0n) < 0n)
    return [forbiddenField(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity')]
  return []
}

function validateHostPath({ path: hostPath, type }: NonNullable<V1Volume['hostPath']>, path: string): FieldError[] {
  const errors: FieldError[] = []
  if (!hostPath) errors.push(requiredField(`${path}.path`))
  else if (hostPath.split('/').includes('..')) errors.push(invalidField(`${path}.path`, hostPath, "must not contain '..'"))
  if (type && !hostPathTypes.includes(type)) errors.push(notSupportedField(`${path}.type`, type, hostPathTypes))
  return errors
}

function validateProjected({ sources = [], defaultMode }: NonNullable<V1Volume['projected']>, path: string): FieldError[] {
  const errors = validateMode(defaultMode, `${path}.defaultMode`)
  for (const [i, source] of sources.entries()) {
    const at = `${path}.sources[${i}]`
    const given = Object.keys(source)
    if (given.length > 1) errors.push(forbiddenField(`${at}.${given[1]}`, 'may not specify more than 1 volume type'))
    if (source.configMap && !source.configMap.name) errors.push(requiredField(`${at}.configMap.name`))
    if (source.secret && !source.secret.name) errors.push(requiredField(`${at}.secret.name`))
    errors.push(
      ...validateItems(source.configMap?.items ?? source.secret?.items, `${at}.${source.configMap ? 'configMap' : 'secret'}.items`),
    )
    const token = source.serviceAccountToken
    if (token && (token.expirationSeconds ?? 3600) < 600)
      errors.push(
        invalidField(
          `${at}.serviceAccountToken.expirationSeconds`,
          token.expirationSeconds,
          'may not specify a duration less than 10 minutes',
        ),
      )
    if (token) errors.push(...validateFilePath(token.path, `${at}.serviceAccountToken.path`))
  }
  return errors
}

function validateItems(items: readonly V1KeyToPath[] | undefined, path: string): FieldError[] {
  return (items ?? []).flatMap((item, i) => [
    ...(item.key ? [] : [requiredField(`${path}[${i}].key`)]),
    ...validateFilePath(item.path, `${path}[${i}].path`),
    ...validateMode(item.mode, `${path}[${i}].mode`),
  ])
}

function validateFilePath(value: string | undefined, path: string): FieldError[] {
  if (!value) return [requiredField(path)]
  if (value.startsWith('/')) return [invalidField(path, value, 'must be a relative path')]
  if (value.split('/').includes('..')) return [invalidField(path, value, "must not contain '..'")]
  return value.startsWith('..') ? [invalidField(path, value, "must not start with '..'")] : []
}

function validateMode(mode: number | undefined, path: string): FieldError[] {
  const isValid = mode === undefined || (mode >= 0 && mode <= maxFileMode)
  return isValid ? [] : [invalidField(path, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}
