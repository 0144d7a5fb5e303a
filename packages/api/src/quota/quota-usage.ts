import { parseQuantity, formatQuantity, type KubeObject } from '@quarterdeck/api-machinery'

import type { Kind } from '../kind.ts'
import { persistentVolumeClaims, type PersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import { pods, type Pod } from '../kinds/pod.ts'
import { resourceClaims, type ResourceClaim } from '../kinds/resource-claim.ts'
import { services, type Service } from '../kinds/service.ts'
import { podAmounts, type Amounts } from '../pod-spec/pod-amounts.ts'
import { isExtendedResource } from '../validation/resource-names.ts'

/** Kinds that a quota counts under their bare name as well. */
const plainCounts = new Set(['configmaps', 'secrets', 'replicationcontrollers', 'resourcequotas'])
const classInfix = '.storageclass.storage.k8s.io/'
const deviceSuffix = '.deviceclass.resource.k8s.io/devices'
/** A claim gets no more devices than these, however many a request for all of them would match. */
const mostDevices = 32

/** What an object takes from the quotas of its namespace, by the names that quotas limit it under. */
export function quotaUsageOf(kind: Kind, object: KubeObject, nowMs: number): Amounts {
  const count = { [`count/${kind.resource}`]: '1' }
  switch (kind.resource) {
    case pods.resource:
      return { ...count, ...podUsage(object as Pod, nowMs) }
    case services.resource:
      return { ...count, ...serviceUsage(object as Service) }
    case persistentVolumeClaims.resource:
      return { ...count, ...claimUsage(object as PersistentVolumeClaim) }
    case resourceClaims.resource:
      return { ...count, ...deviceUsage(object as ResourceClaim) }
    default:
      return plainCounts.has(kind.resource) ? { ...count, [kind.resource]: '1' } : count
  }
}

/** The resources (`pods`, `deployments.apps`) whose objects a quota of these names is of. */
export function quotaResourcesOf(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(resourceOf))
}

function resourceOf(name: string): string {
  if (name.startsWith('count/')) return name.slice('count/'.length)
  if (name === 'services' || name.startsWith('services.')) return services.resource
  if (name === 'persistentvolumeclaims' || name === 'requests.storage' || name.includes(classInfix)) return persistentVolumeClaims.resource
  if (name.endsWith(deviceSuffix)) return resourceClaims.resource
  return plainCounts.has(name) ? name : pods.resource
}

/** Once it has ended, or should be gone, a pod takes up nothing but its place in the store. */
function podUsage({ metadata, spec, status }: Pod, nowMs: number): Amounts {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return {}
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata
  if (deletionTimestamp && nowMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000) return {}
  return { pods: '1', ...computeUsage(podAmounts(spec, 'requests'), podAmounts(spec, 'limits')) }
}

const compute = ['cpu', 'memory', 'ephemeral-storage']

/** Requests count with and without their prefix, limits with it; what nodes are extended by only as requests. */
export function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage: Record<string, string> = {}
  for (const [name, amount] of Object.entries(requests)) {
    if (compute.includes(name) || name.startsWith('hugepages-')) usage[name] = amount
    if (name in usage || isExtendedResource(name)) usage[`requests.${name}`] = amount
  }
  for (const name of compute) if (limits[name] !== undefined) usage[`limits.${name}`] = limits[name]
  return usage
}

function serviceUsage({ spec }: Service): Amounts {
  const usage = { services: '1', 'services.loadbalancers': '0', 'services.nodeports': '0' }
  const ports = spec.ports ?? []
  if (spec.type === 'NodePort') return { ...usage, 'services.nodeports': String(ports.length) }
  if (spec.type !== 'LoadBalancer') return usage
  const counted = spec.allocateLoadBalancerNodePorts === false ? ports.filter((port) => port.nodePort) : ports
  return { ...usage, 'services.loadbalancers': '1', 'services.nodeports': String(counted.length) }
}

function claimUsage({ spec }: PersistentVolumeClaim): Amounts {
  const usage: Record<string, string> = { persistentvolumeclaims: '1' }
  const storage = spec.resources?.requests?.['storage']
  if (storage !== undefined) usage['requests.storage'] = wholeBytes(storage)
  const { storageClassName } = spec
  if (!storageClassName) return usage
  return {
    ...usage,
    ...Object.fromEntries(Object.entries(usage).map(([name, amount]) => [`${storageClassName}${classInfix}${name}`, amount])),
  }
}

/** Devices by class: of the alternatives of a request the most of each class, since any of them may be what it gets. */
function deviceUsage({ spec }: ResourceClaim): Amounts {
  const total = new Map<string, number>()
  for (const { exactly, firstAvailable = [] } of spec.devices?.requests ?? []) {
    const most = new Map<string, number>()
    for (const { deviceClassName, allocationMode, count = 1 } of exactly ? [exactly] : firstAvailable)
      most.set(deviceClassName, Math.max(most.get(deviceClassName) ?? 0, allocationMode === 'All' ? mostDevices : count))
    for (const [name, devices] of most) total.set(name, (total.get(name) ?? 0) + devices)
  }
  return Object.fromEntries([...total].map(([name, devices]) => [`${name}${deviceSuffix}`, String(devices)]))
}

function wholeBytes(amount: string): string {
  const quantity = parseQuantity(amount)
  if (!quantity) return amount
  const unit = 1_000_000_000n
  return formatQuantity({ ...quantity, nano: ((quantity.nano + unit - 1n) / unit) * unit })
}
