import { isIP, isIPv4, isIPv6 } from 'node:net'

import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicateField,
  invalidField,
  labelValueErrors,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  tooManyField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Endpoint } from '../generated/types.ts'
import type { EndpointSlice } from '../kinds/endpoint-slice.ts'
import { validateEndpointIp } from './ip-address.ts'
import { immutableField } from './immutable.ts'

const addressTypes = ['FQDN', 'IPv4', 'IPv6']
const maxEndpoints = 1000
const maxAddresses = 100
const maxPorts = 20_000
const maxTopologyLabels = 16
const maxHints = 8

export function validateEndpointSlice({ addressType, endpoints = [], ports = [] }: EndpointSlice): FieldError[] {
  if (!addressType) return [requiredField('addressType')]
  if (!addressTypes.includes(addressType)) return [notSupportedField('addressType', addressType, addressTypes)]
  const errors: FieldError[] = []
  if (endpoints.length > maxEndpoints) errors.push(tooManyField('endpoints', endpoints.length, maxEndpoints))
  if (ports.length > maxPorts) errors.push(tooManyField('ports', ports.length, maxPorts))
  for (const [i, endpoint] of endpoints.entries()) {
    const { addresses = [] } = endpoint
    const field = `endpoints[${i}].addresses`
    if (addresses.length === 0) errors.push(requiredField(field, 'must contain at least 1 address'))
    if (addresses.length > maxAddresses) errors.push(tooManyField(field, addresses.length, maxAddresses))
    for (const [j, address] of addresses.entries()) errors.push(...validateAddress(address, addressType, `${field}[${j}]`))
    errors.push(...validateEndpoint(endpoint, `endpoints[${i}]`))
  }
  const names = new Set<string>()
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    if (name) errors.push(...dns1123LabelErrors(name).map((m) => invalidField(`ports[${i}].name`, name, m)))
    if (appProtocol !== undefined)
      errors.push(...qualifiedNameErrors(appProtocol).map((m) => invalidField(`ports[${i}].appProtocol`, appProtocol, m)))
    if (names.has(name)) errors.push(duplicateField(`ports[${i}].name`, name))
    names.add(name)
    if (protocol && !['SCTP', 'TCP', 'UDP'].includes(protocol))
      errors.push(notSupportedField(`ports[${i}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']))
  }
  return errors
}

function validateAddress(address: string, type: string, field: string): FieldError[] {
  if (type === 'FQDN') return dns1123SubdomainErrors(address).map((m) => invalidField(field, address, m))
  const isOfFamily = type === 'IPv4' ? isIPv4(address) : isIPv6(address)
  if (!isOfFamily && isIP(address)) return [invalidField(field, address, `must be an ${type} address`)]
  return validateEndpointIp(address, field)
}

function validateEndpoint({ nodeName, hostname, deprecatedTopology = {}, hints }: V1Endpoint, field: string): FieldError[] {
  const labels = Object.keys(deprecatedTopology)
  return [
    ...(nodeName === undefined ? [] : dns1123SubdomainErrors(nodeName).map((m) => invalidField(`${field}.nodeName`, nodeName, m))),
    ...(labels.length > maxTopologyLabels ? [tooManyField(`${field}.deprecatedTopology`, labels.length, maxTopologyLabels)] : []),
    ...(hostname === undefined ? [] : dns1123LabelErrors(hostname).map((m) => invalidField(`${field}.hostname`, hostname, m))),
    ...validateHints(hints?.forZones, `${field}.hints.forZones`, labelValueErrors),
    ...validateHints(hints?.forNodes, `${field}.hints.forNodes`, dns1123SubdomainErrors),
  ]
}

function validateHints(hints: readonly { name: string }[] | undefined, field: string, errorsOf: (name: string) => string[]): FieldError[] {
  if (!hints) return []
  if (hints.length > maxHints) return [tooManyField(field, hints.length, maxHints)]
  const names = new Set<string>()
  return hints.flatMap(({ name = '' }, i) => {
    const errors = errorsOf(name).map((m) => invalidField(`${field}[${i}].name`, name, m))
    if (names.has(name)) errors.push(duplicateField(`${field}[${i}].name`, name))
    names.add(name)
    return errors
  })
}

export function validateEndpointSliceUpdate(slice: EndpointSlice, old: EndpointSlice): FieldError[] {
  return immutableField(slice.addressType, old.addressType, 'addressType')
}
