import type { Node, V1Taint } from '@quarterdeck/api'
import type { Labels } from '@quarterdeck/api-machinery'

import { portKey, type NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import { addResources, type Resources } from '@quarterdeck/api'

/** A node as it would be if Pods came or went. The node itself is not touched; nothing is copied that no one asks for. */
export class TrialNode implements NodeInfo {
  readonly name: string
  readonly node: Node
  readonly labels: Labels
  readonly allocatable: Resources
  readonly allowedPods: number
  readonly hardTaints: readonly V1Taint[]
  readonly softTaints: readonly V1Taint[]
  readonly imageBytes: ReadonlyMap<string, number>
  readonly requested: Resources
  podCount: number
  /** It is not to be remembered. */
  readonly version = -1
  readonly #base: NodeInfo
  #added: PodInfo[] | undefined
  #removed: Set<string> | undefined
  #pods: ReadonlyMap<string, PodInfo> | undefined
  #ports: ReadonlyMap<string, ReadonlySet<string>> | undefined

  constructor(base: NodeInfo) {
    const { requested } = base
    this.#base = base
    this.name = base.name
    this.node = base.node
    this.labels = base.labels
    this.allocatable = base.allocatable
    this.allowedPods = base.allowedPods
    this.hardTaints = base.hardTaints
    this.softTaints = base.softTaints
    this.imageBytes = base.imageBytes
    this.podCount = base.podCount
    this.requested = { ...requested, scalar: requested.scalar && new Map(requested.scalar) }
    this.#ports = base.usedPorts
  }

  get assumed(): Resources {
    return this.#base.assumed
  }

  get pods(): ReadonlyMap<string, PodInfo> {
    this.#pods ??= this.#currentPods()
    return this.#pods
  }

  get usedPorts(): ReadonlyMap<string, ReadonlySet<string>> {
    this.#ports ??= portsOf(this.pods.values())
    return this.#ports
  }

  add(pod: PodInfo): void {
    if (!this.#removed?.delete(pod.uid)) this.#added = [...(this.#added ?? []), pod]
    this.#change(pod, 1)
  }

  remove(pod: PodInfo): void {
    const added = this.#added?.filter(({ uid }) => uid !== pod.uid)
    if (added?.length === this.#added?.length) (this.#removed ??= new Set()).add(pod.uid)
    else this.#added = added
    this.#change(pod, -1)
  }

  #change(pod: PodInfo, sign: 1 | -1): void {
    addResources(this.requested, pod.requests, sign)
    this.podCount += sign
    this.#pods = undefined
    if (pod.hostPorts.length > 0) this.#ports = undefined
  }

  #currentPods(): ReadonlyMap<string, PodInfo> {
    const pods = new Map<string, PodInfo>()
    for (const [uid, pod] of this.#base.pods) if (!this.#removed?.has(uid)) pods.set(uid, pod)
    for (const pod of this.#added ?? []) pods.set(pod.uid, pod)
    return pods
  }
}

function portsOf(pods: Iterable<PodInfo>): Map<string, Set<string>> {
  const ports = new Map<string, Set<string>>()
  for (const { hostPorts } of pods) {
    for (const { protocol, port, ip } of hostPorts) {
      const key = portKey(protocol, port)
      ports.set(key, (ports.get(key) ?? new Set()).add(ip))
    }
  }
  return ports
}
