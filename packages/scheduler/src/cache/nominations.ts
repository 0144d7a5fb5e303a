import type { PodInfo } from './pod-info.ts'

const nobody: readonly PodInfo[] = []

/** Pods that wait for room on a node that preemption makes for them: Pods of lower priority must not take it. */
export class Nominations {
  readonly #byUid = new Map<string, { pod: PodInfo; nodeName: string }>()
  readonly #byNode = new Map<string, PodInfo[]>()
  readonly #onChange: (nodeName: string) => void

  constructor(onChange: (nodeName: string) => void = () => {}) {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#byUid.size
  }

  nodeOf(uid: string): string | undefined {
    return this.#byUid.get(uid)?.nodeName
  }

  on(nodeName: string): readonly PodInfo[] {
    return this.#byNode.get(nodeName) ?? nobody
  }

  set(pod: PodInfo, nodeName: string): void {
    this.delete(pod.uid)
    this.#byUid.set(pod.uid, { pod, nodeName })
    this.#byNode.set(nodeName, [...this.on(nodeName), pod])
    this.#onChange(nodeName)
  }

  /** Whether there was one. */
  delete(uid: string): boolean {
    const known = this.#byUid.get(uid)
    if (!known) return false
    this.#byUid.delete(uid)
    const others = this.on(known.nodeName).filter((pod) => pod.uid !== uid)
    if (others.length > 0) this.#byNode.set(known.nodeName, others)
    else this.#byNode.delete(known.nodeName)
    this.#onChange(known.nodeName)
    return true
  }
}
