import { isIPv4, isIPv6 } from 'node:net'

import {
  dns1123SubdomainErrors,
  duplicateField,
  invalidField,
  notSupportedField,
  requiredField,
  tooManyField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { EndpointSlice } from '../kinds/endpoint-slice.ts'
import { immutableField } from './immutable.ts'

const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const maxEndpoints = 1000
const maxAddresses = 100
const maxPorts = 20_000

export function validateEndpointSlice({ addressType, endpoints = [], ports = [] }: EndpointSlice): FieldError[] {
  if (!addressType) return [requiredField('addressType')]
  if (!addressTypes.includes(addressType)) return [notSupportedField('addressType', addressType, addressTypes)]
  const errors: FieldError[] = []
  if (endpoints.length > maxEndpoints) errors.push(tooManyField('endpoints', endpoints.length, maxEndpoints))
  if (ports.length > maxPorts) errors.push(tooManyField('ports', ports.length, maxPorts))
  for (const [i, { addresses = [] }] of endpoints.entries()) {
    const field = `endpoints[${i}].addresses`
    if (addresses.length === 0) errors.push(requiredField(field, 'must contain at least 1 address'))
    if (addresses.length > maxAddresses) errors.push(tooManyField(field, addresses.length, maxAddresses))
    for (const [j, address] of addresses.entries())
      if (!isAddress(address, addressType)) errors.push(invalidField(`${field}[${j}]`, address, `must be a valid ${addressType} address`))
  }
  const names = new Set<string>()
  for (const [i, { name = '', protocol }] of ports.entries()) {
    if (names.has(name)) errors.push(duplicateField(`ports[${i}].name`, name))
    names.add(name)
    if (protocol && !['SCTP', 'TCP', 'UDP'].includes(protocol))
      errors.push(notSupportedField(`ports[${i}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']))
  }
  return errors
}

function isAddress(address: string, type: string): boolean {
  if (type === 'IPv4') return isIPv4(address)
  return type === 'IPv6' ? isIPv6(address) : dns1123SubdomainErrors(address).length === 0
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  return immutableField(slice.addressType, old.addressType, 'addressType')
}
