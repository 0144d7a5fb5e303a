import { isIP, isIPv6 } from 'node:net'

import { duplicateField, forbiddenField, invalidField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

import type { Service } from '../kinds/service.ts'
import { immutableField } from './immutable.ts'
import { validateEndpointIp, validateIp } from './ip-address.ts'

type Spec = Service['spec']

const families = ['IPv4', 'IPv6']
const familyPolicies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
const maxClusterIps = 2
const headless = 'None'

export function isHeadless({ clusterIP, clusterIPs }: Spec): boolean {
  return clusterIP === headless || clusterIPs?.[0] === headless
}

/** Cluster addresses and families: one of each family at most, in the same order. */
export function validateServiceAddresses(spec: Spec): FieldError[] {
  if (spec.type === 'ExternalName') return validateNone(spec)
  return [...validateClusterIps(spec), ...validateFamilies(spec), ...validateExternalIps(spec)]
}

function validateNone(spec: Spec): FieldError[] {
  const given = (['clusterIPs', 'ipFamilies'] as const).filter((name) => spec[name]?.length) as (keyof Spec)[]
  if (spec.ipFamilyPolicy !== undefined) given.push('ipFamilyPolicy')
  return given.map((name) => forbiddenField(`spec.${name}`, 'may not be set for ExternalName services'))
}

function validateClusterIps(spec: Spec): FieldError[] {
  const { clusterIP = '', clusterIPs = clusterIP ? [clusterIP] : [], ipFamilies = [] } = spec
  const field = 'spec.clusterIPs'
  const errors: FieldError[] = []
  if (clusterIP && clusterIPs[0] !== clusterIP) errors.push(invalidField(field, clusterIPs, 'first value must match `clusterIP`'))
  if (!clusterIP && clusterIPs.length > 0) errors.push(invalidField(field, clusterIPs, 'must be empty when `clusterIP` is not specified'))
  if (clusterIPs[0] === headless)
    return clusterIPs.length > 1 ? [...errors, invalidField(field, clusterIPs, "'None' must be the first and only value")] : errors
  if (clusterIPs.length > maxClusterIps) errors.push(invalidField(field, clusterIPs, `may only hold up to ${maxClusterIps} values`))
  const malformed = clusterIPs.flatMap((ip, i) => validateIp(ip, `${field}[${i}]`))
  if (malformed.length > 0) return [...errors, ...malformed]
  if (clusterIPs.length > 1 && new Set(clusterIPs.map((ip) => isIP(ip))).size !== clusterIPs.length)
    errors.push(invalidField(field, clusterIPs, 'may specify no more than one IP for each IP family'))
  for (const [i, ip] of clusterIPs.entries()) {
    const family = ipFamilies[i]
    if (family && family !== (isIPv6(ip) ? 'IPv6' : 'IPv4'))
      errors.push(invalidField(`${field}[${i}]`, ip, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``))
  }
  return errors
}

function validateFamilies({ ipFamilies = [], ipFamilyPolicy }: Spec): FieldError[] {
  const errors = ipFamilies.flatMap((family, i) => {
    const field = `spec.ipFamilies[${i}]`
    if (!families.includes(family)) return [notSupportedField(field, family, families)]
    return ipFamilies.indexOf(family) < i ? [duplicateField(field, family)] : []
  })
  const isKnown = ipFamilyPolicy === undefined || familyPolicies.includes(ipFamilyPolicy)
  return isKnown ? errors : [...errors, notSupportedField('spec.ipFamilyPolicy', ipFamilyPolicy, familyPolicies)]
}

function validateExternalIps({ externalIPs = [] }: Spec): FieldError[] {
  return externalIPs.flatMap((ip, i) => validateEndpointIp(ip, `spec.externalIPs[${i}]`))
}

/** A service keeps the addresses it has; its second one can come and, with the policy SingleStack, go. */
export function validateServiceAddressesUpdate({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName' || (isHeadless(spec) && isHeadless(old))) return []
  const before = old.clusterIPs ?? (old.clusterIP ? [old.clusterIP] : [])
  const after = spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])
  if (before.length > 0 && after.length === 0) return [invalidField('spec.clusterIPs[0]', after, 'primary clusterIP can not be unset')]
  const errors = before.flatMap((ip, i) =>
    after[i] === undefined || after[i] === ip ? [] : [invalidField(`spec.clusterIPs[${i}]`, after, 'may not change once set')],
  )
  if (before.length > after.length && spec.ipFamilyPolicy !== 'SingleStack')
    errors.push(
      invalidField(
        'spec.ipFamilyPolicy',
        spec.ipFamilyPolicy ?? null,
        "must be set to 'SingleStack' when releasing the secondary clusterIP",
      ),
    )
  return [...errors, ...validateFamiliesUpdate(spec, old)]
}

function validateFamiliesUpdate({ ipFamilies = [] }: Spec, { ipFamilies: old = [] }: Spec): FieldError[] {
  if (old.length === 0 || ipFamilies.length === 0) return []
  return immutableField(ipFamilies[0], old[0], 'spec.ipFamilies[0]').map((e) => ({
    ...e,
    message: e.message.replace('field is immutable', 'may not change once set'),
  }))
}
