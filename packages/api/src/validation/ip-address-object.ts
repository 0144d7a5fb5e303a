import { isIPv6 } from 'node:net'

import { dns1123SubdomainErrors, invalidField, pathSegmentErrors, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { IPAddress } from '../kinds/ip-address.ts'
import { usualAddress } from './address-warnings.ts'
import { immutableField } from './immutable.ts'
import { validateIp } from './ip-address.ts'

/** The name is an address in its usual form. */
export function ipAddressNameErrors(name: string): string[] {
  const errors = validateIp(name, '').map(({ message }) => message.replace(/^Invalid value: "[^"]*": /, ''))
  if (errors.length > 0 || !isIPv6(name)) return errors
  const usual = usualAddress(name)
  return usual === name ? [] : [`must be in canonical form (${JSON.stringify(usual)})`]
}

export function validateIpAddress({ spec }: IPAddress): FieldError[] {
  const parent = spec?.parentRef
  const at = 'spec.parentRef'
  if (!parent) return [requiredField(at)]
  const { group, namespace } = parent
  return [
    ...(group ? dns1123SubdomainErrors(group).map((m) => invalidField(`${at}.group`, group, m)) : []),
    ...(['resource', 'name'] as const).flatMap((key) =>
      parent[key] ? segment(parent[key], `${at}.${key}`) : [requiredField(`${at}.${key}`)],
    ),
    ...(namespace ? segment(namespace, `${at}.namespace`) : []),
  ]
}

const segment = (text: string, field: string): FieldError[] => pathSegmentErrors(text).map((m) => invalidField(field, text, m))

export function validateIpAddressUpdate({ spec }: IPAddress, old: IPAddress): FieldError[] {
  return immutableField(spec.parentRef, old.spec.parentRef, 'spec.parentRef')
}
