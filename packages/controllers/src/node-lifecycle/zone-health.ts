import type { Node } from '@quarterdeck/api'

import { readyOf } from './node-health.ts'

/** Share of unhealthy nodes above which the fault is more likely ours, or the network's, than theirs. */
const unhealthyShare = 0.55
/** Up to this many nodes in a zone, evictions stop altogether while too many are unhealthy. */
const largeZoneNodes = 50
const evictionIntervalMs = 10_000
const reducedEvictionIntervalMs = 100_000

export type ZoneState = 'Normal' | 'PartialDisruption' | 'FullDisruption'

interface Zone {
  /** Names of its nodes. */
  ready: Set<string>
  unready: Set<string>
  /** When eviction last began on one of them. */
  lastTurnMs: number
}

/**
 * How the nodes of each zone are, and how fast Pods may be evicted from them: kube-controller-manager's rules. Kept up to date
 * node by node, so that asking costs the same however many nodes there are.
 */
export class ZoneHealth {
  readonly #zones = new Map<string, Zone>()
  readonly #zoneByNode = new Map<string, string>()
  #isCutOff = false

  /** Takes note of a node as it is now. */
  observe(node: Node): void {
    const { name } = node.metadata
    const zoneName = zoneOf(node)
    if (this.#zoneByNode.get(name) !== zoneName) this.forget(name)
    this.#zoneByNode.set(name, zoneName)
    let zone = this.#zones.get(zoneName)
    if (!zone) this.#zones.set(zoneName, (zone = { ready: new Set(), unready: new Set(), lastTurnMs: -Infinity }))
    const isReady = readyOf(node)?.status === 'True'
    ;(isReady ? zone.unready : zone.ready).delete(name)
    ;(isReady ? zone.ready : zone.unready).add(name)
  }

  forget(name: string): void {
    const zoneName = this.#zoneByNode.get(name)
    if (zoneName === undefined) return
    this.#zoneByNode.delete(name)
    const zone = this.#zones.get(zoneName)
    zone?.ready.delete(name)
    zone?.unready.delete(name)
    if (zone?.ready.size === 0 && zone.unready.size === 0) this.#zones.delete(zoneName)
  }

  stateOf(node: Node): ZoneState {
    const zone = this.#zones.get(zoneOf(node))
    return zone ? stateOf(zone) : 'Normal'
  }

  /**
   * Whether no node of any zone is ready: it is the control plane that was cut off, and nothing is evicted at all. `changed` is
   * true once after each change.
   */
  cutOff(): { isCutOff: boolean; changed: boolean } {
    const isCutOff = this.#zones.size > 0 && [...this.#zones.values()].every((zone) => stateOf(zone) === 'FullDisruption')
    const changed = isCutOff !== this.#isCutOff
    this.#isCutOff = isCutOff
    return { isCutOff, changed }
  }

  /** Takes the turn of this node: whether eviction of its Pods may begin now. */
  takeTurn(node: Node, nowMs: number): boolean {
    const zone = this.#zones.get(zoneOf(node))
    const waitMs = zone ? intervalMs(zone) : Infinity
    if (!zone || waitMs === Infinity || nowMs - zone.lastTurnMs < waitMs) return false
    zone.lastTurnMs = nowMs
    return true
  }
}

function stateOf({ ready, unready }: Zone): ZoneState {
  if (ready.size === 0) return 'FullDisruption'
  const isPartial = unready.size > 2 && unready.size / (ready.size + unready.size) >= unhealthyShare
  return isPartial ? 'PartialDisruption' : 'Normal'
}

function intervalMs(zone: Zone): number {
  // A whole zone that is gone, while others live, is evicted at the usual pace.
  if (stateOf(zone) !== 'PartialDisruption') return evictionIntervalMs
  return zone.ready.size + zone.unready.size > largeZoneNodes ? reducedEvictionIntervalMs : Infinity
}

function zoneOf({ metadata: { labels = {} } }: Node): string {
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return `${region}/${zone}`
}
