import { dns1123SubdomainErrors, forbiddenField, invalidField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1PodSpec } from '../generated/types.ts'
import { containersOf } from './containers-of.ts'

const maxHostnameBytes = 64

/** What a pod shares with its host, and how it is called. */
export function validateHost(spec: V1PodSpec, field: string): FieldError[] {
  return [...validateProcessNamespace(spec, field), ...validateHostUsers(spec, field), ...validateHostnameOverride(spec, field)]
}

function validateProcessNamespace({ hostPID, shareProcessNamespace }: V1PodSpec, field: string): FieldError[] {
  if (!hostPID || !shareProcessNamespace) return []
  const path = `${field}.securityContext.shareProcessNamespace`
  return [invalidField(path, true, 'ShareProcessNamespace and HostPID cannot both be enabled')]
}

/** Users of their own forbid what would mix them with the host's. Kubernetes spells two of these fields with a capital. */
function validateHostUsers(spec: V1PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const shared = [
    ['hostNetwork', spec.hostNetwork],
    ['HostPID', spec.hostPID],
    ['HostIPC', spec.hostIPC],
  ] as const
  return [
    ...shared.filter(([, isShared]) => isShared).map(([name]) => forbiddenField(`${field}.${name}`, 'when `hostUsers` is false')),
    ...containersOf(spec, field)
      .filter(({ container }) => container.volumeDevices?.length)
      .map(({ path }) => forbiddenField(`${path}.volumeDevices`, 'when `hostUsers` is false')),
  ]
}

function validateHostnameOverride({ hostnameOverride, setHostnameAsFQDN, hostNetwork }: V1PodSpec, field: string): FieldError[] {
  if (hostnameOverride === undefined) return []
  const path = `${field}.hostnameOverride`
  return [
    ...(setHostnameAsFQDN ? [forbiddenField(path, 'may not be specified when setHostnameAsFQDN is true')] : []),
    ...(hostNetwork ? [forbiddenField(path, 'may not be specified when hostNetwork is true')] : []),
    ...(Buffer.byteLength(hostnameOverride) > maxHostnameBytes ? [tooLongField(path, maxHostnameBytes)] : []),
    ...dns1123SubdomainErrors(hostnameOverride).map((m) => invalidField(path, hostnameOverride, m)),
  ]
}
