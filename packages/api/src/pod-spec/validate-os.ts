import { forbiddenField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PodSecurityContext, V1PodSpec, V1SecurityContext } from '../generated/types.ts'
import { containersOf } from './containers-of.ts'

const operatingSystems = ['linux', 'windows']

const notOfWindowsPods: readonly (keyof V1PodSecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
]
const notOfWindowsContainers: readonly (keyof V1SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

/** The operating system a pod names, and what cannot be set for it. */
export function validateOs(spec: V1PodSpec, field: string): FieldError[] {
  if (!spec.os) return []
  const { name } = spec.os
  if (!name) return [requiredField(`${field}.os.name`)]
  if (!operatingSystems.includes(name)) return [notSupportedField(`${field}.os`, name, operatingSystems)]
  const containers = containersOf(spec, field).map(({ container, path }) => ({
    context: container.securityContext,
    path: `${path}.securityContext`,
  }))
  if (name === 'linux')
    return [{ context: spec.securityContext, path: `${field}.securityContext` }, ...containers]
      .filter(({ context }) => context?.windowsOptions)
      .map(({ path }) => forbiddenField(`${path}.windowsOptions`, 'windows options cannot be set for a linux pod'))
  return [...validateWindowsPod(spec, field), ...containers.flatMap(({ context, path }) => unset(context, notOfWindowsContainers, path))]
}

function validateWindowsPod(spec: V1PodSpec, field: string): FieldError[] {
  const { hostUsers, hostPID, hostIPC, shareProcessNamespace, securityContext, resources } = spec
  return [
    ...unset(securityContext, notOfWindowsPods, `${field}.securityContext`),
    ...unset({ hostUsers, shareProcessNamespace }, ['hostUsers', 'shareProcessNamespace'], field),
    ...unset({ hostPID: hostPID || undefined, hostIPC: hostIPC || undefined }, ['hostPID', 'hostIPC'], field),
    ...(resources ? [forbiddenField(`${field}.resources`, 'may not be set for a windows pod')] : []),
  ]
}

function unset<T extends object>(part: T | undefined, names: readonly (keyof T & string)[], path: string): FieldError[] {
  return names
    .filter((name) => part?.[name] !== undefined)
    .map((name) => forbiddenField(`${path}.${name}`, 'cannot be set for a windows pod'))
}
