import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  invalidField,
  notSupportedField,
  portNumberErrors,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { CoreV1EndpointPort, V1EndpointAddress } from '../generated/types.ts'
import type { Endpoints } from '../kinds/endpoints.ts'
import { validateEndpointIp } from './ip-address.ts'

const protocols = ['SCTP', 'TCP', 'UDP']

export function validateEndpoints({ subsets }: Endpoints): FieldError[] {
  return (subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const field = `subsets[${i}]`
    return [
      ...(addresses.length + notReadyAddresses.length > 0 ? [] : [requiredField(field, 'must specify `addresses` or `notReadyAddresses`')]),
      ...addresses.flatMap((address, j) => validateAddress(address, `${field}.addresses[${j}]`)),
      ...notReadyAddresses.flatMap((address, j) => validateAddress(address, `${field}.notReadyAddresses[${j}]`)),
      ...ports.flatMap((port, j) => validatePort(port, `${field}.ports[${j}]`, { needsName: ports.length > 1 })),
    ]
  })
}

function validateAddress({ ip, hostname, nodeName }: V1EndpointAddress, field: string): FieldError[] {
  return [
    ...(hostname ? dns1123LabelErrors(hostname).map((m) => invalidField(`${field}.hostname`, hostname, m)) : []),
    ...(nodeName === undefined ? [] : dns1123SubdomainErrors(nodeName).map((m) => invalidField(`${field}.nodeName`, nodeName, m))),
    ...validateEndpointIp(ip ?? '', `${field}.ip`),
  ]
}

function validatePort(
  { name, port, protocol, appProtocol }: CoreV1EndpointPort,
  field: string,
  { needsName }: { needsName: boolean },
): FieldError[] {
  const errors: FieldError[] = []
  if (name) errors.push(...dns1123LabelErrors(name).map((m) => invalidField(`${field}.name`, name, m)))
  else if (needsName) errors.push(requiredField(`${field}.name`))
  errors.push(...portNumberErrors(port ?? 0).map((m) => invalidField(`${field}.port`, port ?? 0, m)))
  if (!protocol) errors.push(requiredField(`${field}.protocol`))
  else if (!protocols.includes(protocol)) errors.push(notSupportedField(`${field}.protocol`, protocol, protocols))
  if (appProtocol !== undefined)
    errors.push(...qualifiedNameErrors(appProtocol).map((m) => invalidField(`${field}.appProtocol`, appProtocol, m)))
  return errors
}
