import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'

import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

/** An IP in its usual form: no leading zeros, no IPv4 address dressed as IPv6. */
export function validateIp(address: string, field: string): FieldError[] {
  if (isIPv4(address)) return []
  if (isMapped(address)) return [invalidField(field, address, 'must not be an IPv4-mapped IPv6 address')]
  if (isIP(address)) return []
  if (isIP(withoutLeadingZeros(address))) return [invalidField(field, address, 'must not have leading 0s')]
  return [invalidField(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
}

/** A network: an address with nothing set beyond the length of its prefix. */
export function validateCidr(cidr: string, field: string): FieldError[] {
  const [, address = '', length = ''] = /^([^/]+)\/(\d+)$/.exec(cidr) ?? []
  const plain = withoutLeadingZeros(address)
  const bits = isIP(plain) === 4 ? 32 : 128
  if (!isIP(plain) || !length || Number(length) > bits)
    return [invalidField(field, cidr, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  if (plain !== address || String(Number(length)) !== length)
    return [invalidField(field, cidr, 'must not have leading 0s in IP or prefix length')]
  if (isMapped(address)) return [invalidField(field, cidr, 'must not have an IPv4-mapped IPv6 address')]
  const beyond = bitsOf(address) & ((1n << BigInt(bits - Number(length))) - 1n)
  return beyond === 0n ? [] : [invalidField(field, cidr, 'must not have bits set beyond the prefix length')]
}

/** Of an address with dots; the groups of others may have them. */
function withoutLeadingZeros(address: string): string {
  return address.includes(':') ? address : address.replaceAll(/(^|\.)0+(?=\d)/g, '$1')
}

function isMapped(address: string): boolean {
  return isIPv6(address) && bitsOf(address) >> 32n === 0xffffn
}

/** An address as a number. */
function bitsOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
  const [, head = '', v4] = /^(.*?)(\d+\.\d+\.\d+\.\d+)?$/.exec(address.replace(/%.*$/, '')) ?? []
  const tail = v4 === undefined ? '' : `${(bitsOf(v4) >> 16n).toString(16)}:${(bitsOf(v4) & 0xffffn).toString(16)}`
  const [left = '', right] = `${head}${tail}`.split('::')
  const groups = (text: string): string[] => (text ? text.split(':') : [])
  const missing = right === undefined ? 0 : 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array.from({ length: missing }, () => '0'), ...groups(right ?? '')]
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

type Subnet = readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6']

const blocks: readonly { message: string; subnets: readonly Subnet[] }[] = [
  {
    message: 'may not be in the loopback range (127.0.0.0/8, ::1/128)',
    subnets: [
      ['127.0.0.0', 8, 'ipv4'],
      ['::1', 128, 'ipv6'],
    ],
  },
  {
    message: 'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    subnets: [
      ['169.254.0.0', 16, 'ipv4'],
      ['fe80::', 10, 'ipv6'],
    ],
  },
  {
    message: 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    subnets: [
      ['224.0.0.0', 24, 'ipv4'],
      ['ff02::', 16, 'ipv6'],
    ],
  },
]

const forbidden = blocks.map(({ message, subnets }) => {
  const list = new BlockList()
  for (const [network, prefix, family] of subnets) list.addSubnet(network, prefix, family)
  return { message, list }
})

const unspecified = new BlockList()
unspecified.addAddress('0.0.0.0', 'ipv4')
unspecified.addAddress('::', 'ipv6')

const firstNumberOf = (address: string): string => address.slice(0, address.indexOf('.'))

/** How the IPv4 addresses begin that may be forbidden; no range of theirs is wider than that. */
const firstNumbers = new Set(['0', ...blocks.flatMap(({ subnets }) => subnets.map(([network]) => firstNumberOf(network)))])

/** An address that traffic can be sent to: an IP that means the same on every machine. */
export function validateEndpointIp(address: string, field: string): FieldError[] {
  const errors = validateIp(address, field)
  if (errors.length > 0) return errors
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  // Slices have hundreds of addresses, and nearly all of them are told from the ranges by their first number.
  if (family === 'ipv4' && !firstNumbers.has(firstNumberOf(address))) return []
  if (unspecified.check(address, family)) return [invalidField(field, address, `may not be unspecified (${address})`)]
  return forbidden.filter(({ list }) => list.check(address, family)).map(({ message }) => invalidField(field, address, message))
}
