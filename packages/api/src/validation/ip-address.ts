import { BlockList, isIP } from 'node:net'

import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

export function validateIp(address: string, field: string): FieldError[] {
  return isIP(address) ? [] : [invalidField(field, address, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
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

/** An address that traffic can be sent to: an IP that means the same on every machine. */
export function validateEndpointIp(address: string, field: string): FieldError[] {
  const errors = validateIp(address, field)
  if (errors.length > 0) return errors
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  if (unspecified.check(address, family)) return [invalidField(field, address, `may not be unspecified (${address})`)]
  return forbidden.filter(({ list }) => list.check(address, family)).map(({ message }) => invalidField(field, address, message))
}
