import type { Node, V1Taint } from '@quarterdeck/api'
import { valueOf, type Labels } from '@quarterdeck/api-machinery'

import { normalizedImage, type PodInfo } from './pod-info.ts'
import { addResources, noResources, parseResources, type Resources } from '@quarterdeck/api'

/** A node as filters and scores see it: what it has, and what the Pods on it (assumed ones too) ask for. */
export interface NodeInfo {
  readonly name: string
  readonly node: Node
  readonly labels: Labels
  readonly allocatable: Resources
  readonly allowedPods: number
  readonly requested: Resources
  readonly assumed: Resources
  /** By uid. */
  readonly pods: ReadonlyMap<string, PodInfo>
  readonly podCount: number
  /** Another one after every change. */
  readonly version: number
  /** Taints that keep Pods from being placed here. */
  readonly hardTaints: readonly V1Taint[]
  /** Taints that only count when nodes are compared. */
  readonly softTaints: readonly V1Taint[]
  /** Bytes of each image that is there. */
  readonly imageBytes: ReadonlyMap<string, number>
  /** `protocol/port` of each used host port, with the addresses it is used on. */
  readonly usedPorts: ReadonlyMap<string, ReadonlySet<string>>
}

/** The writable form, for the cache alone. */
export class CachedNode implements NodeInfo {
  readonly name: string
  node: Node
  labels: Labels = {}
  allocatable: Resources = noResources()
  allowedPods = 0
  version = 0
  podCount = 0
  readonly requested: Resources = noResources()
  readonly assumed: Resources = noResources()
  readonly pods = new Map<string, PodInfo>()
  hardTaints: V1Taint[] = []
  softTaints: V1Taint[] = []
  imageBytes = new Map<string, number>()
  readonly usedPorts = new Map<string, Set<string>>()

  constructor(node: Node) {
    this.name = node.metadata.name
    this.node = node
    this.setNode(node)
  }

  setNode(node: Node): void {
    this.node = node
    this.version++
    this.labels = node.metadata.labels ?? {}
    const quantities = node.status.allocatable ?? node.status.capacity
    this.allocatable = parseResources(quantities)
    this.allowedPods = valueOf(quantities?.['pods'] ?? '0')
    const taints = node.spec.taints ?? []
    this.hardTaints = taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
    this.softTaints = taints.filter(({ effect }) => effect === 'PreferNoSchedule')
    this.imageBytes = new Map(
      (node.status.images ?? []).flatMap(({ names = [], sizeBytes = 0 }) =>
        names.map((name) => [normalizedImage(name), sizeBytes] as const),
      ),
    )
  }

  add(pod: PodInfo): void {
    this.remove(pod.uid)
    this.version++
    this.pods.set(pod.uid, pod)
    this.podCount = this.pods.size
    addResources(this.requested, pod.requests)
    addResources(this.assumed, pod.assumed)
    for (const { protocol, port, ip } of pod.hostPorts) {
      const key = portKey(protocol, port)
      const addresses = this.usedPorts.get(key)
      if (addresses) addresses.add(ip)
      else this.usedPorts.set(key, new Set([ip]))
    }
  }

  remove(uid: string): void {
    const pod = this.pods.get(uid)
    if (!pod) return
    this.pods.delete(uid)
    this.podCount = this.pods.size
    this.version++
    addResources(this.requested, pod.requests, -1)
    addResources(this.assumed, pod.assumed, -1)
    if (pod.hostPorts.length > 0) this.#recountPorts()
  }

  #recountPorts(): void {
    this.usedPorts.clear()
    for (const { hostPorts } of this.pods.values()) {
      for (const { protocol, port, ip } of hostPorts) {
        const key = portKey(protocol, port)
        this.usedPorts.set(key, (this.usedPorts.get(key) ?? new Set()).add(ip))
      }
    }
  }
}

export const portKey = (protocol: string, port: number): string => `${protocol}/${port}`
