import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicateField,
  forbiddenField,
  invalidField,
  labelValueErrors,
  notSupportedField,
  portNumberErrors,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { Service } from '../kinds/service.ts'
import { validatePort } from '../pod-spec/validate-handlers.ts'
import { isHeadless, validateServiceAddresses, validateServiceAddressesUpdate } from './service-addresses.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const maxAffinitySeconds = 86_400

export function validateService({ spec }: Service): FieldError[] {
  if (!spec) return []
  const errors: FieldError[] = []
  const hasNoAddress = isHeadless(spec)
  if (!types.includes(spec.type ?? '')) errors.push(notSupportedField('spec.type', spec.type ?? '', types))
  if (!spec.ports?.length && !hasNoAddress && spec.type !== 'ExternalName') errors.push(requiredField('spec.ports'))
  if (hasNoAddress && (spec.type === 'NodePort' || spec.type === 'LoadBalancer'))
    errors.push(invalidField('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`))
  if (spec.type === 'ExternalName') errors.push(...validateExternalName(spec.externalName))
  for (const [key, value] of Object.entries(spec.selector ?? {})) {
    errors.push(
      ...qualifiedNameErrors(key).map((m) => invalidField('spec.selector', key, m)),
      ...labelValueErrors(value).map((m) => invalidField('spec.selector', value, m)),
    )
  }
  return [...errors, ...validateServiceAddresses(spec), ...validatePorts(spec), ...validatePolicies(spec)]
}

function validateExternalName(name: string | undefined): FieldError[] {
  if (!name) return [requiredField('spec.externalName')]
  return dns1123SubdomainErrors(name.replace(/\.$/, '')).map((m) => invalidField('spec.externalName', name, m))
}

function validatePorts({ ports = [], type }: Service['spec']): FieldError[] {
  const errors: FieldError[] = []
  const names = new Set<string>()
  const claims = new Set<string>()
  const nodePorts = new Set<string>()
  for (const [i, port] of ports.entries()) {
    const path = `spec.ports[${i}]`
    if (!port.name && ports.length > 1) errors.push(requiredField(`${path}.name`))
    if (port.name) {
      errors.push(...dns1123LabelErrors(port.name).map((m) => invalidField(`${path}.name`, port.name, m)))
      if (names.has(port.name)) errors.push(duplicateField(`${path}.name`, port.name))
      names.add(port.name)
    }
    errors.push(...portNumberErrors(port.port ?? 0).map((m) => invalidField(`${path}.port`, port.port ?? 0, m)))
    if (!protocols.includes(port.protocol ?? '')) errors.push(notSupportedField(`${path}.protocol`, port.protocol ?? '', protocols))
    errors.push(...validatePort(port.targetPort, `${path}.targetPort`))
    const claim = `${port.protocol}/${port.port}`
    if (claims.has(claim)) errors.push(duplicateField(path, { port: port.port, protocol: port.protocol }))
    claims.add(claim)
    if (port.appProtocol !== undefined)
      errors.push(...qualifiedNameErrors(port.appProtocol).map((m) => invalidField(`${path}.appProtocol`, port.appProtocol, m)))
    if (!port.nodePort) continue
    if (type === 'ClusterIP') errors.push(forbiddenField(`${path}.nodePort`, "may not be used when `type` is 'ClusterIP'"))
    const nodeClaim = `${port.protocol}/${port.nodePort}`
    if (nodePorts.has(nodeClaim)) errors.push(duplicateField(`${path}.nodePort`, port.nodePort))
    nodePorts.add(nodeClaim)
  }
  return errors
}

function validatePolicies(spec: Service['spec']): FieldError[] {
  const errors: FieldError[] = []
  const { sessionAffinity = 'None', externalTrafficPolicy, internalTrafficPolicy } = spec
  if (!['ClientIP', 'None'].includes(sessionAffinity))
    errors.push(notSupportedField('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']))
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds !== undefined && (seconds <= 0 || seconds > maxAffinitySeconds))
    errors.push(
      invalidField(
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
        seconds,
        `must be greater than 0 and less than ${maxAffinitySeconds}`,
      ),
    )
  if (sessionAffinity === 'None' && spec.sessionAffinityConfig)
    errors.push(forbiddenField('spec.sessionAffinityConfig', 'must not be set when session affinity is None'))
  for (const [name, value] of [
    ['externalTrafficPolicy', externalTrafficPolicy],
    ['internalTrafficPolicy', internalTrafficPolicy],
  ] as const) {
    if (value !== undefined && !['Cluster', 'Local'].includes(value))
      errors.push(notSupportedField(`spec.${name}`, value, ['Cluster', 'Local']))
  }
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || Boolean(spec.externalIPs?.length)
  if (externalTrafficPolicy && !isExternal)
    errors.push(invalidField('spec.externalTrafficPolicy', externalTrafficPolicy, 'may only be set for externally-accessible services'))
  if (spec.healthCheckNodePort && !(spec.type === 'LoadBalancer' && externalTrafficPolicy === 'Local'))
    errors.push(
      invalidField(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  if (spec.loadBalancerClass && spec.type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"))
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer')
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"))
  return errors
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const errors = validateServiceAddressesUpdate(service, old)
  const { type, loadBalancerClass } = service.spec
  if (type === 'LoadBalancer' && old.spec.type === type && loadBalancerClass !== old.spec.loadBalancerClass)
    errors.push(invalidField('spec.loadBalancerClass', loadBalancerClass ?? null, 'may not change once set'))
  return errors
}
