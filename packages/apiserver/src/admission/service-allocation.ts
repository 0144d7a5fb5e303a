import { randomInt } from 'node:crypto'

import { services, type Service } from '@quarterdeck/api'
import { equalJson, forbiddenField, internalError, invalid, invalidField, type KubeObject } from '@quarterdeck/api-machinery'
import type { Write } from '@quarterdeck/storage'

import { apiServerUser } from '../auth/user.ts'
import { isReleased } from '../writes/build-write.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'
import { allocateClusterIp, planAddresses } from './cluster-ips.ts'
import { completeIpFamilies } from './ip-families.ts'
import { RecentlyGiven } from './recently-given.ts'

/** A resource that only the store knows: one object per port that a Service holds. */
const portClaims = 'service-node-ports.quarterdeck.internal'
const maxTries = 1000
const maxRecent = 128
/** Services have addresses of IPv4 only. */
const ipFamilies = ['IPv4']

interface Recent {
  recent: RecentlyGiven
}

export interface ServiceAllocationOptions {
  /** IPv4 network that cluster IPs come from: `10.96.0.0/16`. */
  serviceCidr: string
  nodePortRange: { first: number; last: number }
}

/**
 * Gives Services their cluster IPs and node ports. Every address held is an IPAddress, and every port a
 * claim, stored in the same transaction as the Service, so two servers can never give out the same one and nothing leaks.
 */
export function createServiceAllocation(options: ServiceAllocationOptions): AdmissionPlugin {
  const recent = new RecentlyGiven(maxRecent)
  return {
    name: 'ServiceAllocation',
    resources: [services.resource],
    operations: ['CREATE', 'UPDATE', 'DELETE'],
    async admit(attributes) {
      const service = attributes.object as Service | undefined
      const old = attributes.old as Service | undefined
      if (service) {
        keepAllocated(service, old)
        completeIpFamilies(service, old?.spec, ipFamilies)
        await allocateClusterIp(service, attributes, { serviceCidr: options.serviceCidr, recent })
        await allocateNodePorts(service, attributes, { ...options, recent })
        await allocateHealthCheckPort(service, attributes, { ...options, recent })
      }
      // The update that takes the last finalizer of a deleted Service away is its end.
      const remaining = service && !isReleased(attributes.kind, service) ? service : undefined
      await planAddresses(attributes, old, remaining)
      planClaims(attributes, portClaims, heldPorts(old), heldPorts(remaining))
      await releaseClaims(attributes, portClaims, heldPorts(old), heldPorts(remaining))
    },
  }
}

/** An update that leaves out what was allocated keeps it (patchAllocatedValues). */
function keepAllocated(service: Service, old: Service | undefined): void {
  if (!old || service.spec.type === 'ExternalName' || old.spec.type === 'ExternalName') return
  if (!service.spec.clusterIP) {
    if (old.spec.clusterIP) service.spec.clusterIP = old.spec.clusterIP
    if (old.spec.clusterIPs && !service.spec.clusterIPs) service.spec.clusterIPs = old.spec.clusterIPs
  } else if (service.spec.clusterIP !== old.spec.clusterIP && equalJson(service.spec.clusterIPs ?? [], old.spec.clusterIPs ?? [])) {
    // A client that knows one address only: the list follows it, so that what is refused is the change, not the list.
    service.spec.clusterIPs = [service.spec.clusterIP]
  }
  if (!usesNodePorts(service) || !usesNodePorts(old)) return
  for (const port of service.spec.ports ?? []) {
    if (port.nodePort) continue
    const before = old.spec.ports?.find((p) => p.port === port.port && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    const isTaken = service.spec.ports?.some(
      (p) => p !== port && p.nodePort === before?.nodePort && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'),
    )
    if (before?.nodePort && !isTaken) port.nodePort = before.nodePort
  }
}

function usesNodePorts({ spec }: Service): boolean {
  return spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false)
}

/** `30080/TCP`. */
function heldPorts(service: Service | undefined): string[] {
  const ports = (service?.spec.ports ?? []).filter((p) => p.nodePort).map((p) => `${p.nodePort}-${(p.protocol ?? 'TCP').toLowerCase()}`)
  const health = service?.spec.healthCheckNodePort
  return health ? [...ports, `${health}-tcp`] : ports
}

async function allocateNodePorts(
  service: Service,
  { reader, name, old }: AdmissionAttributes,
  { nodePortRange, recent }: ServiceAllocationOptions & Recent,
): Promise<void> {
  const { first, last } = nodePortRange
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    if (!usesNodePorts(service)) {
      dropInheritedNodePort(service, old as Service | undefined, i, name)
      continue
    }
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    if (port.nodePort && (port.nodePort < first || port.nodePort > last)) {
      throw invalid({ group: '', kind: 'Service' }, name, [
        invalidField(
          `spec.ports[${i}].nodePort`,
          port.nodePort,
          `provided port is not in the valid range. The range of valid ports is ${first}-${last}`,
        ),
      ])
    }
    if (port.nodePort) await checkPort({ nodePort: port.nodePort, protocol, index: i }, { reader, name, old })
    const taken = new Set(heldPorts(service))
    for (let tries = 0; !port.nodePort; tries++) {
      if (tries === maxTries) throw internalError('failed to allocate a nodePort: range is full')
      const candidate = randomInt(first, last + 1)
      const claim = `${candidate}-${protocol}`
      const isMine = !taken.has(claim) && (recent.take(claim) || tries >= maxTries / 2)
      if (isMine && !(await reader.read(portClaims, '', claim))) port.nodePort = candidate
    }
  }
}

/** Throws Invalid if another Service has the port. */
async function checkPort(
  { nodePort, protocol, index }: { nodePort: number; protocol: string; index: number },
  { reader, name, old }: Pick<AdmissionAttributes, 'reader' | 'name' | 'old'>,
): Promise<void> {
  const claim = `${nodePort}-${protocol}`
  if (heldPorts(old as Service | undefined).includes(claim) || !(await reader.read(portClaims, '', claim))) return
  throw invalid({ group: '', kind: 'Service' }, name, [
    invalidField(`spec.ports[${index}].nodePort`, nodePort, 'provided port is already allocated'),
  ])
}

/** Under a policy Local a load balancer asks each node whether it has endpoints, on a port of the service. */
async function allocateHealthCheckPort(
  service: Service,
  { reader, old }: AdmissionAttributes,
  { nodePortRange: { first, last }, recent }: ServiceAllocationOptions & Recent,
): Promise<void> {
  const { spec } = service
  if (spec.type !== 'LoadBalancer' || spec.externalTrafficPolicy !== 'Local') {
    if ((old as Service | undefined)?.spec.healthCheckNodePort === spec.healthCheckNodePort) delete spec.healthCheckNodePort
    return
  }
  spec.healthCheckNodePort ||= (old as Service | undefined)?.spec.healthCheckNodePort
  const taken = new Set(heldPorts(service))
  for (let tries = 0; !spec.healthCheckNodePort; tries++) {
    if (tries === maxTries) throw internalError('failed to allocate a health check node port: range is full')
    const candidate = randomInt(first, last + 1)
    const claim = `${candidate}-tcp`
    const isMine = !taken.has(claim) && (recent.take(claim) || tries >= maxTries / 2)
    if (isMine && !(await reader.read(portClaims, '', claim))) spec.healthCheckNodePort = candidate
  }
}

/** A change to a type without node ports takes along those the Service had; one that is asked for is refused. */
function dropInheritedNodePort(service: Service, old: Service | undefined, index: number, name: string): void {
  const port = service.spec.ports?.[index]
  if (!port?.nodePort) return
  const isInherited = old?.spec.ports?.some((p) => p.nodePort === port.nodePort)
  if (!isInherited) {
    const detail = `may not be used when \`type\` is '${service.spec.type}'`
    throw invalid({ group: '', kind: 'Service' }, name, [forbiddenField(`spec.ports[${index}].nodePort`, detail)])
  }
  delete port.nodePort
}

const author = { actor: apiServerUser.name, client: 'service-allocation' }

function claimObject(resource: string, name: string, holder: string): KubeObject {
  return {
    apiVersion: 'quarterdeck.internal/v1',
    kind: 'Claim',
    metadata: { name, uid: `${resource}/${name}`, resourceVersion: '', creationTimestamp: '', annotations: { holder } },
  }
}

function planClaims(
  { alongside, namespace, name }: AdmissionAttributes,
  resource: string,
  before: readonly string[],
  after: readonly string[],
): void {
  for (const claim of new Set(after)) {
    if (before.includes(claim)) continue
    const write: Write = {
      type: 'create',
      key: { resource, namespace: '', name: claim },
      author,
      keepsHistory: false,
      uid: `${resource}/${claim}`,
      object: claimObject(resource, claim, `${namespace}/${name}`),
    }
    alongside.push(write)
  }
}

async function releaseClaims(
  { alongside, reader }: AdmissionAttributes,
  resource: string,
  before: readonly string[],
  after: readonly string[],
): Promise<void> {
  for (const claim of new Set(before)) {
    if (after.includes(claim)) continue
    const stored = await reader.read(resource, '', claim)
    if (stored)
      alongside.push({
        type: 'delete',
        key: stored.key,
        author,
        keepsHistory: false,
        expectedRevision: stored.revision,
        object: stored.object,
      })
  }
}
