import { isIP } from 'node:net'

import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicateField,
  forbiddenField,
  invalidField,
  labelMapErrors,
  notSupportedField,
  portNumberErrors,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { Service } from '../kinds/service.ts'
import { validatePort } from '../pod-spec/validate-handlers.ts'
import { validateCidr, validateIp } from './ip-address.ts'
import { isHeadless, validateServiceAddresses, validateServiceAddressesUpdate } from './service-addresses.ts'

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const protocols = ['SCTP', 'TCP', 'UDP']
const ipModes = ['Proxy', 'VIP']
const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
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
  errors.push(...labelMapErrors(spec.selector, 'spec.selector'))
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
  const affinity = spec.sessionAffinityConfig
  const seconds = affinity?.clientIP?.timeoutSeconds
  if (sessionAffinity === 'ClientIP' && seconds === undefined) {
    const missing = !affinity ? '' : !affinity.clientIP ? '.clientIP' : '.clientIP.timeoutSeconds'
    errors.push(requiredField(`spec.sessionAffinityConfig${missing}`, 'when session affinity type is ClientIP'))
  }
  if (sessionAffinity === 'ClientIP' && seconds !== undefined && (seconds <= 0 || seconds > maxAffinitySeconds))
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
  if (spec.healthCheckNodePort && !needsHealthCheck(spec))
    errors.push(
      invalidField(
        'spec.healthCheckNodePort',
        spec.healthCheckNodePort,
        "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      ),
    )
  if (spec.trafficDistribution !== undefined && !distributions.includes(spec.trafficDistribution))
    errors.push(notSupportedField('spec.trafficDistribution', spec.trafficDistribution, distributions))
  return [...errors, ...validateLoadBalancer(spec)]
}

/** What only a LoadBalancer has. Kubernetes spells the ranges with a capital. */
function validateLoadBalancer(spec: Service['spec']): FieldError[] {
  const { type, loadBalancerClass, loadBalancerSourceRanges: ranges = [], allocateLoadBalancerNodePorts, healthCheckNodePort } = spec
  const onlyHere = "may only be used when `type` is 'LoadBalancer'"
  const isBalancer = type === 'LoadBalancer'
  const errors: FieldError[] = []
  if (ranges.length > 0 && !isBalancer) errors.push(forbiddenField('spec.LoadBalancerSourceRanges', onlyHere))
  errors.push(...ranges.flatMap((range, i) => validateCidr(range.trim(), `spec.LoadBalancerSourceRanges[${i}]`)))
  if (loadBalancerClass !== undefined)
    errors.push(
      ...(isBalancer
        ? qualifiedNameErrors(loadBalancerClass).map((m) => invalidField('spec.loadBalancerClass', loadBalancerClass, m))
        : [forbiddenField('spec.loadBalancerClass', onlyHere)]),
    )
  if (allocateLoadBalancerNodePorts !== undefined && !isBalancer)
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', onlyHere))
  if (healthCheckNodePort && needsHealthCheck(spec))
    errors.push(...portNumberErrors(healthCheckNodePort).map((m) => invalidField('spec.healthCheckNodePort', healthCheckNodePort, m)))
  return errors
}

function needsHealthCheck({ type, externalTrafficPolicy }: Service['spec']): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

export function validateServiceUpdate(service: Service, old: Service): FieldError[] {
  const errors = validateServiceAddressesUpdate(service, old)
  const { type, loadBalancerClass } = service.spec
  if (type === 'LoadBalancer' && old.spec.type === type && loadBalancerClass !== old.spec.loadBalancerClass)
    errors.push(invalidField('spec.loadBalancerClass', loadBalancerClass ?? null, 'may not change once set'))
  if (needsHealthCheck(service.spec) && needsHealthCheck(old.spec) && service.spec.healthCheckNodePort !== old.spec.healthCheckNodePort)
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'))
  return errors
}

/** What is said of a balancer from outside: addresses with their mode, and names that are no addresses. */
export function validateServiceStatusUpdate({ spec, status }: Service, { status: old }: Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? []
  const known = new Set(old?.loadBalancer?.ingress?.map(({ ip }) => ip))
  const field = 'status.loadBalancer.ingress'
  if (spec.type !== 'LoadBalancer' && ingress.length > 0)
    return [forbiddenField(field, "may only be used when `spec.type` is 'LoadBalancer'")]
  return ingress.flatMap(({ ip, ipMode, hostname }, i) => {
    const at = `${field}[${i}]`
    const errors = ip && !known.has(ip) ? validateIp(ip, `${at}.ip`) : []
    if (ipMode === undefined) {
      if (ip) errors.push(requiredField(`${at}.ipMode`, 'must be specified when `ip` is set'))
    } else if (!ip) errors.push(forbiddenField(`${at}.ipMode`, 'may not be specified when `ip` is not set'))
    else if (!ipModes.includes(ipMode)) errors.push(notSupportedField(`${at}.ipMode`, ipMode, ipModes))
    if (!hostname) return errors
    errors.push(...dns1123SubdomainErrors(hostname).map((m) => invalidField(`${at}.hostname`, hostname, m)))
    return isIP(hostname) ? [...errors, invalidField(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address')] : errors
  })
}
