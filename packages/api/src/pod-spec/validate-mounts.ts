import { forbiddenField, invalidField, notFoundField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1Container, V1Volume, V1VolumeMount } from '../generated/types.ts'
import { validateDescendingPath, validateNoBacksteps } from './validate-path.ts'

const propagations = ['Bidirectional', 'HostToContainer', 'None']
const recursiveModes = ['Disabled', 'Enabled', 'IfPossible']

type Mounting = Pick<V1Container, 'volumeMounts' | 'volumeDevices' | 'securityContext'>

/** Volumes as directories. What concerns an optional field of a mount is reported without its index, as Kubernetes does. */
export function validateMounts(container: Mounting, volumes: readonly V1Volume[], path: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container
  const paths = new Set<string>()
  const known = new Set(volumes.map((v) => v.name))
  const deviceNames = new Set(volumeDevices.map((d) => d.name))
  const devicePaths = new Set(volumeDevices.map((d) => d.devicePath))
  return volumeMounts.flatMap((mount, i) => {
    const at = `${path}[${i}]`
    const { name, mountPath } = mount
    const errors: FieldError[] = []
    if (!name) errors.push(requiredField(`${at}.name`))
    if (!known.has(name)) errors.push(notFoundField(`${at}.name`, name ?? ''))
    if (!mountPath) errors.push(requiredField(`${at}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalidField(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (deviceNames.has(name)) errors.push(invalidField(`${at}.name`, name, 'must not already exist in volumeDevices'))
    if (devicePaths.has(mountPath))
      errors.push(invalidField(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    return [...errors, ...validateSubPaths(mount, path, at), ...validatePropagation(mount, container, path)]
  })
}

function validateSubPaths({ subPath, subPathExpr }: V1VolumeMount, path: string, at: string): FieldError[] {
  const errors = subPath ? validateDescendingPath(subPath, `${path}.subPath`) : []
  if (!subPathExpr) return errors
  if (subPath) errors.push(invalidField(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
  return [...errors, ...validateDescendingPath(subPathExpr, `${path}.subPathExpr`)]
}

function validatePropagation(mount: V1VolumeMount, { securityContext }: Mounting, path: string): FieldError[] {
  const { mountPropagation: propagation, recursiveReadOnly: recursive, readOnly } = mount
  const errors: FieldError[] = []
  if (propagation !== undefined && !propagations.includes(propagation))
    errors.push(notSupportedField(`${path}.mountPropagation`, propagation, propagations))
  if (propagation === 'Bidirectional' && !securityContext?.privileged)
    errors.push(forbiddenField(`${path}.mountPropagation`, 'Bidirectional mount propagation is available only to privileged containers'))
  if (recursive === undefined || recursive === 'Disabled') return errors
  const field = `${path}.recursiveReadOnly`
  if (!recursiveModes.includes(recursive)) return [...errors, notSupportedField(field, recursive, recursiveModes)]
  if (!readOnly) errors.push(forbiddenField(field, 'may only be specified when readOnly is true'))
  if ((propagation ?? 'None') !== 'None')
    errors.push(forbiddenField(field, 'may only be specified when mountPropagation is None or not specified'))
  return errors
}

const volumesByName = (volumes: readonly V1Volume[]): Map<string, V1Volume> =>
  new Map(volumes.toReversed().map((volume) => [volume.name, volume]))

/** Volumes as block devices: only claims can be. */
export function validateDevices(
  { volumeMounts = [], volumeDevices = [] }: Mounting,
  volumes: readonly V1Volume[],
  path: string,
): FieldError[] {
  const names = new Set<string>()
  const paths = new Set<string>()
  const known = volumesByName(volumes)
  const mountNames = new Set(volumeMounts.map((m) => m.name))
  const mountPaths = new Set(volumeMounts.map((m) => m.mountPath))
  return volumeDevices.flatMap(({ name, devicePath }, i) => {
    const at = `${path}[${i}]`
    const invalidName = (detail: string): FieldError => invalidField(`${at}.name`, name, detail)
    const invalidPath = (detail: string): FieldError => invalidField(`${at}.devicePath`, devicePath, detail)
    const volume = known.get(name)
    const errors: FieldError[] = name ? [] : [requiredField(`${at}.name`)]
    if (names.has(name)) errors.push(invalidName('must be unique'))
    if (!volume) errors.push(notFoundField(`${at}.name`, name ?? ''))
    else if (!volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(invalidName('can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'))
    if (!devicePath) errors.push(requiredField(`${at}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalidPath('must be unique'))
    if (validateNoBacksteps(devicePath ?? '', at).length > 0) errors.push(invalidPath("can not contain backsteps ('..')"))
    if (mountNames.has(name)) errors.push(invalidName('must not already exist in volumeMounts'))
    if (mountPaths.has(devicePath)) errors.push(invalidPath('must not already exist as a path in volumeMounts'))
    if (name) names.add(name)
    paths.add(devicePath)
    return errors
  })
}
