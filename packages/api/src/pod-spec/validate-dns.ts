import { dns1123SubdomainErrors, invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1HostAlias, V1PodSpec } from '../generated/types.ts'
import { validateIp } from '../validation/ip-address.ts'

const maxNameservers = 3
const maxSearches = 32
const maxSearchListChars = 2048

/** A pod's own resolver settings; `None` as policy leaves it nothing but these. */
export function validateDnsConfig({ dnsPolicy, dnsConfig }: V1PodSpec, path: string): FieldError[] {
  if (!dnsConfig) return dnsPolicy === 'None' ? [requiredField(path, 'must provide `dnsConfig` when `dnsPolicy` is None')] : []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (dnsPolicy === 'None' && nameservers.length === 0)
    return [requiredField(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  if (nameservers.length > maxNameservers)
    errors.push(invalidField(`${path}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`))
  errors.push(...nameservers.flatMap((address, i) => validateIp(address, `${path}.nameservers[${i}]`)))
  if (searches.length > maxSearches)
    errors.push(invalidField(`${path}.searches`, searches, `must not have more than ${maxSearches} search paths`))
  if (searches.join(' ').length > maxSearchListChars)
    errors.push(
      invalidField(
        `${path}.searches`,
        searches,
        `must not have more than ${maxSearchListChars} characters (including spaces) in the search list`,
      ),
    )
  for (const [i, search] of searches.entries()) errors.push(...validateSearch(search, `${path}.searches[${i}]`))
  for (const [i, { name }] of options.entries()) if (!name) errors.push(requiredField(`${path}.options[${i}]`, 'must not be empty'))
  return errors
}

/** Search domains may hold underscores, unlike names of objects. */
function validateSearch(search: string, field: string): FieldError[] {
  if (search === '.') return []
  const name = search.replace(/\.$/, '')
  return dns1123SubdomainErrors(name.replaceAll('_', '0')).map((m) => invalidField(field, name, m))
}

export function validateHostAliases(aliases: readonly V1HostAlias[] | undefined, path: string): FieldError[] {
  return (aliases ?? []).flatMap(({ ip, hostnames }, i) => [
    ...validateIp(ip ?? '', `${path}[${i}].ip`),
    ...(hostnames ?? []).flatMap((name, j) =>
      dns1123SubdomainErrors(name).map((m) => invalidField(`${path}[${i}].hostnames[${j}]`, name, m)),
    ),
  ])
}
