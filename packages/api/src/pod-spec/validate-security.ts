import { duplicateField, invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PodSecurityContext, V1SeccompProfile, V1SecurityContext } from '../generated/types.ts'

const maxId = 2 ** 31 - 1
const seccompTypes = ['Localhost', 'RuntimeDefault', 'Unconfined']
const groupPolicies = ['Always', 'OnRootMismatch']
const procMounts = ['Default', 'Unmasked']
const sysctlPattern = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/
const maxSysctlLength = 253

export function validateSecurityContext(context: V1SecurityContext | undefined, path: string): FieldError[] {
  if (!context) return []
  const { allowPrivilegeEscalation, privileged, capabilities, procMount } = context
  const errors = [...validateIds(context, path), ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`)]
  if (procMount !== undefined && !procMounts.includes(procMount)) errors.push(notSupportedField(`${path}.procMount`, procMount, procMounts))
  if (allowPrivilegeEscalation === false) {
    if (privileged) errors.push(invalidField(path, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'))
    if (capabilities?.add?.includes('CAP_SYS_ADMIN'))
      errors.push(invalidField(path, context, 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'))
  }
  return errors
}

export function validatePodSecurityContext(context: V1PodSecurityContext | undefined, path: string): FieldError[] {
  if (!context) return []
  const { fsGroup, supplementalGroups = [], fsGroupChangePolicy } = context
  const errors = [
    ...validateIds(context, path),
    ...validateId(fsGroup, `${path}.fsGroup`),
    ...supplementalGroups.flatMap((group, i) => validateId(group, `${path}.supplementalGroups[${i}]`)),
    ...validateSysctls(context, `${path}.sysctls`),
    ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
  ]
  if (fsGroupChangePolicy !== undefined && !groupPolicies.includes(fsGroupChangePolicy))
    errors.push(notSupportedField(`${path}.fsGroupChangePolicy`, fsGroupChangePolicy, groupPolicies))
  return errors
}

function validateIds({ runAsUser, runAsGroup }: V1SecurityContext | V1PodSecurityContext, path: string): FieldError[] {
  return [...validateId(runAsUser, `${path}.runAsUser`), ...validateId(runAsGroup, `${path}.runAsGroup`)]
}

function validateId(id: number | undefined, field: string): FieldError[] {
  const isValid = id === undefined || (id >= 0 && id <= maxId)
  return isValid ? [] : [invalidField(field, id, `must be between 0 and ${maxId}, inclusive`)]
}

function validateSeccomp(profile: V1SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return []
  const { type, localhostProfile } = profile
  const errors: FieldError[] = []
  if (!type) errors.push(requiredField(`${path}.type`, 'type is required when seccompProfile is set'))
  else if (!seccompTypes.includes(type)) errors.push(notSupportedField(`${path}.type`, type, seccompTypes))
  if (type === 'Localhost' && !localhostProfile)
    errors.push(requiredField(`${path}.localhostProfile`, 'must be set when seccomp type is Localhost'))
  if (type !== 'Localhost' && localhostProfile !== undefined)
    errors.push(invalidField(`${path}.localhostProfile`, profile, 'can only be set when seccomp type is Localhost'))
  return errors
}

function validateSysctls({ sysctls = [] }: V1PodSecurityContext, path: string): FieldError[] {
  const names = new Set<string>()
  return sysctls.flatMap(({ name }, i) => {
    const field = `${path}[${i}].name`
    if (!name) return [requiredField(field)]
    if (name.length > maxSysctlLength || !sysctlPattern.test(name))
      return [invalidField(field, name, `must have at most ${maxSysctlLength} characters and match regex ${sysctlPattern.source}`)]
    if (names.has(name)) return [duplicateField(field, name)]
    names.add(name)
    return []
  })
}
