import type { Node, V1Taint } from '@quarterdeck/api'

/**
 * Since when nodes have their taints. Those that carry no time, as those that people set do, count from when they were first seen:
 * after a restart, from then.
 */
export class TaintClock {
  /** By the name of the node, then by the taint. */
  readonly #firstSeenMs = new Map<string, Map<string, number>>()

  addedAtMs({ metadata }: Node, taint: V1Taint, nowMs: number): number {
    if (taint.timeAdded) return Date.parse(taint.timeAdded)
    let ofNode = this.#firstSeenMs.get(metadata.name)
    if (!ofNode) this.#firstSeenMs.set(metadata.name, (ofNode = new Map()))
    const seenMs = ofNode.get(idOf(taint))
    if (seenMs === undefined) ofNode.set(idOf(taint), nowMs)
    return seenMs ?? nowMs
  }

  /** Forgets the taints that the node has no more; all of them when it is gone. */
  keep({ metadata: { name } }: Node, taints: readonly V1Taint[]): void {
    const ofNode = this.#firstSeenMs.get(name)
    if (!ofNode) return
    const kept = new Set(taints.map(idOf))
    for (const id of ofNode.keys()) if (!kept.has(id)) ofNode.delete(id)
    if (ofNode.size === 0) this.#firstSeenMs.delete(name)
  }
}

const idOf = ({ key, value = '', effect }: V1Taint): string => `${key}=${value}:${effect}`
