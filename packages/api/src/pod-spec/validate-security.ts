import { duplicateField, invalidField, notSupportedField, requiredField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1AppArmorProfile, V1PodSecurityContext, V1PodSpec, V1SeccompProfile, V1SecurityContext } from '../generated/types.ts'
import { validateDescendingPath } from './validate-path.ts'
import { validateWindowsOptions } from './validate-windows-options.ts'

const maxId = 2 ** 31 - 1
const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const groupPolicies = ['Always', 'OnRootMismatch']
const supplementalGroupsPolicies = ['Merge', 'Strict']
const procMounts = ['Default', 'Unmasked']
/** Those of mounts need a feature that Kubernetes 1.36 has off. */
const labelPolicies = ['Recursive']
const sysctlPattern = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const maxSysctlLength = 253
const maxProfileBytes = 4095

interface ContainerSecurityOptions {
  /** Whether the pod shares its users with the host. */
  hostUsers: boolean
}

export function validateSecurityContext(
  context: V1SecurityContext | undefined,
  path: string,
  { hostUsers }: ContainerSecurityOptions,
): FieldError[] {
  if (!context) return []
  const { allowPrivilegeEscalation, privileged, capabilities, procMount } = context
  const errors = [...validateIds(context, path), ...validateProfiles(context, path)]
  if (procMount !== undefined && !procMounts.includes(procMount)) errors.push(notSupportedField(`${path}.procMount`, procMount, procMounts))
  if (hostUsers && procMount === 'Unmasked')
    errors.push(invalidField(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'))
  if (allowPrivilegeEscalation === false) {
    if (privileged) errors.push(invalidField(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'))
    if (capabilities?.add?.includes('CAP_SYS_ADMIN'))
      errors.push(invalidField(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'))
  }
  return errors
}

export function validatePodSecurityContext(spec: V1PodSpec, path: string): FieldError[] {
  const context = spec.securityContext
  if (!context) return []
  const { fsGroup, supplementalGroups = [], fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context
  const errors = [
    ...validateIds(context, path),
    ...validateId(fsGroup, `${path}.fsGroup`),
    ...supplementalGroups.flatMap((group, i) => validateId(group, `${path}.supplementalGroups[${i}]`)),
    ...validateSysctls(context, spec, `${path}.sysctls`),
    ...validateProfiles(context, path),
  ]
  for (const [name, value, allowed] of [
    ['fsGroupChangePolicy', fsGroupChangePolicy, groupPolicies],
    ['supplementalGroupsPolicy', supplementalGroupsPolicy, supplementalGroupsPolicies],
    ['seLinuxChangePolicy', seLinuxChangePolicy, labelPolicies],
  ] as const)
    if (value !== undefined && !allowed.includes(value)) errors.push(notSupportedField(`${path}.${name}`, value, allowed))
  return errors
}

function validateIds({ runAsUser, runAsGroup }: V1SecurityContext | V1PodSecurityContext, path: string): FieldError[] {
  return [...validateId(runAsUser, `${path}.runAsUser`), ...validateId(runAsGroup, `${path}.runAsGroup`)]
}

function validateId(id: number | undefined, field: string): FieldError[] {
  const isValid = id === undefined || (id >= 0 && id <= maxId)
  return isValid ? [] : [invalidField(field, id, `must be between 0 and ${maxId}, inclusive`)]
}

function validateProfiles(context: V1SecurityContext | V1PodSecurityContext, path: string): FieldError[] {
  return [
    ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
  ]
}

function validateSeccomp(profile: V1SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const errors = validateProfileType(type, `${path}.type`, 'type is required when seccompProfile is set')
  if (type !== 'Localhost' && localhostProfile !== undefined)
    errors.push(invalidField(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost'))
  if (type !== 'Localhost') return errors
  if (localhostProfile === undefined) return [requiredField(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost')]
  return validateDescendingPath(localhostProfile, `${path}.localhostProfile`)
}

function validateAppArmor(profile: V1AppArmorProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile = '' } = profile
  const field = `${path}.localhostProfile`
  const errors = validateProfileType(type, `${path}.type`, 'type is required when appArmorProfile is set')
  if (type !== 'Localhost')
    return profile.localhostProfile === undefined || errors.length > 0
      ? errors
      : [invalidField(field, localhostProfile, 'can only be set when AppArmor type is Localhost')]
  if (localhostProfile !== localhostProfile.trim()) errors.push(invalidField(field, localhostProfile, 'must not be padded with whitespace'))
  else if (!localhostProfile) errors.push(requiredField(field, 'must be set when AppArmor type is Localhost'))
  if (Buffer.byteLength(localhostProfile) > maxProfileBytes) errors.push(tooLongField(field, maxProfileBytes))
  return errors
}

function validateProfileType(type: string | undefined, field: string, whenMissing: string): FieldError[] {
  if (!type) return [requiredField(field, whenMissing)]
  return profileTypes.includes(type) ? [] : [notSupportedField(field, type, profileTypes)]
}

function validateSysctls({ sysctls = [] }: V1PodSecurityContext, spec: V1PodSpec, path: string): FieldError[] {
  const names = new Set<string>()
  return sysctls.flatMap(({ name = '' }, i) => {
    const field = `${path}[${i}].name`
    const errors: FieldError[] = []
    if (!name) errors.push(requiredField(field))
    else if (name.length > maxSysctlLength || !sysctlPattern.test(name))
      errors.push(invalidField(field, name, `must have at most ${maxSysctlLength} characters and match regex ${sysctlPattern.source}`))
    else if (names.has(name)) errors.push(duplicateField(field, name))
    names.add(name)
    const namespace = sharedNamespaceOf(name)
    if (namespace && spec[namespace]) errors.push(invalidField(field, name, `may not be specified when '${namespace}' is true`))
    return errors
  })
}

/** Which of the namespaces that a pod may share with its host a kernel parameter belongs to. */
function sharedNamespaceOf(sysctl: string): 'hostIPC' | 'hostNetwork' | undefined {
  const firstSeparator = /[./]/.exec(sysctl)?.[0]
  const name = firstSeparator === '/' ? sysctl.replaceAll(/[./]/g, (c) => (c === '/' ? '.' : '/')) : sysctl
  if (name.startsWith('net.')) return 'hostNetwork'
  return name === 'kernel.sem' || ['kernel.shm', 'kernel.msg', 'fs.mqueue.'].some((prefix) => name.startsWith(prefix))
    ? 'hostIPC'
    : undefined
}
