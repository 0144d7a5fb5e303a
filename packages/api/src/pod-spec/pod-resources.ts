import { milliValueOf, valueOf } from '@quarterdeck/api-machinery'

import type { V1Container, V1PodSpec, V1ResourceRequirements } from '../generated/types.ts'

/** Amounts as integers, parsed once, so that who works with them often only compares numbers. */
export interface Resources {
  milliCpu: number
  memoryBytes: number
  ephemeralStorageBytes: number
  /** Everything else (`example.com/gpu`, hugepages) in whole units; undefined where there is none. */
  scalar: Map<string, number> | undefined
}

type Quantities = { [key: string]: string } | undefined

export const noResources = (): Resources => ({ milliCpu: 0, memoryBytes: 0, ephemeralStorageBytes: 0, scalar: undefined })

const isScalar = (name: string): boolean => name.includes('/') || name.startsWith('hugepages-')

export function parseResources(quantities: Quantities): Resources {
  const resources = noResources()
  for (const [name, quantity] of Object.entries(quantities ?? {})) {
    if (name === 'cpu') resources.milliCpu = milliValueOf(quantity)
    else if (name === 'memory') resources.memoryBytes = valueOf(quantity)
    else if (name === 'ephemeral-storage') resources.ephemeralStorageBytes = valueOf(quantity)
    else if (isScalar(name)) (resources.scalar ??= new Map()).set(name, valueOf(quantity))
  }
  return resources
}

/** Adds in place; `sign` -1 takes away. */
export function addResources(target: Resources, added: Resources, sign: 1 | -1 = 1): void {
  target.milliCpu += sign * added.milliCpu
  target.memoryBytes += sign * added.memoryBytes
  target.ephemeralStorageBytes += sign * added.ephemeralStorageBytes
  if (!added.scalar) return
  target.scalar ??= new Map()
  for (const [name, amount] of added.scalar) target.scalar.set(name, (target.scalar.get(name) ?? 0) + sign * amount)
}

function maxResources(a: Resources, b: Resources): Resources {
  const result: Resources = {
    milliCpu: Math.max(a.milliCpu, b.milliCpu),
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
    ephemeralStorageBytes: Math.max(a.ephemeralStorageBytes, b.ephemeralStorageBytes),
    scalar: a.scalar || b.scalar ? new Map(a.scalar) : undefined,
  }
  for (const [name, amount] of b.scalar ?? []) result.scalar?.set(name, Math.max(amount, result.scalar.get(name) ?? 0))
  return result
}

function sumResources(...all: Resources[]): Resources {
  const total = noResources()
  for (const resources of all) addResources(total, resources)
  return total
}

/** What scoring assumes of a container that requests none: it will use some. */
const assumedMilliCpu = 100
const assumedMemoryBytes = 200 * 1024 * 1024

const requestsOf = (requirements: V1ResourceRequirements | undefined): Resources => parseResources(requirements?.requests)

const assumedRequestsOf = (requirements: V1ResourceRequirements | undefined): Resources => {
  const requests = requestsOf(requirements)
  if (requirements?.requests?.['cpu'] === undefined) requests.milliCpu = assumedMilliCpu
  if (requirements?.requests?.['memory'] === undefined) requests.memoryBytes = assumedMemoryBytes
  return requests
}

/** What a Pod needs at most at any time: containers and sidecars together, or one init container with the sidecars started before it. */
export function podRequests(pod: { spec: V1PodSpec }): Resources {
  return totalOf(pod, requestsOf)
}

/** As podRequests, with a small amount assumed where nothing is requested: what spreading Pods over nodes counts with. */
export function assumedPodRequests(pod: { spec: V1PodSpec }): Resources {
  return totalOf(pod, assumedRequestsOf)
}

function totalOf({ spec }: { spec: V1PodSpec }, of: (requirements: V1ResourceRequirements | undefined) => Resources): Resources {
  const running = sumResources(...spec.containers.map((container) => of(container.resources)))
  const sidecars = noResources()
  let whileStarting = noResources()
  for (const container of spec.initContainers ?? []) {
    const own = of(container.resources)
    if (isSidecar(container)) addResources(sidecars, own)
    whileStarting = maxResources(whileStarting, isSidecar(container) ? sumResources(sidecars) : sumResources(own, sidecars))
  }
  const total = maxResources(sumResources(running, sidecars), whileStarting)
  return sumResources(withPodLevel(total, spec.resources), parseResources(spec.overhead))
}

const isSidecar = (container: V1Container): boolean => container.restartPolicy === 'Always'

/** Requests of the Pod as a whole count instead of those of its containers. */
function withPodLevel(total: Resources, podLevel: V1ResourceRequirements | undefined): Resources {
  const requests = podLevel?.requests
  if (!requests) return total
  const parsed = parseResources(requests)
  return {
    ...total,
    milliCpu: requests['cpu'] === undefined ? total.milliCpu : parsed.milliCpu,
    memoryBytes: requests['memory'] === undefined ? total.memoryBytes : parsed.memoryBytes,
  }
}
