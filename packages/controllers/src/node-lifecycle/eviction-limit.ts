import type { Node } from '@quarterdeck/api'

import { readyOf } from './node-health.ts'

/** Share of unhealthy nodes above which the fault is more likely ours than theirs. */
const unhealthyShare = 0.55
/** Up to this many nodes, evictions stop altogether when too many are unhealthy. */
const largeClusterNodes = 50

/**
 * Nodes a second whose Pods may begin to be evicted. When every node is silent it is the control plane that was cut off, and
 * nothing is evicted at all: `undefined`.
 */
export function evictionRatePerSecond(nodes: readonly Node[]): number | undefined {
  const unhealthy = nodes.filter((node) => readyOf(node)?.status !== 'True').length
  if (unhealthy === nodes.length) return undefined
  if (unhealthy > 2 && unhealthy / nodes.length >= unhealthyShare) return nodes.length > largeClusterNodes ? 0.01 : 0
  return 0.1
}

/** One token at the start, and as many a second as the rate says. */
export class TokenBucket {
  #tokens = 1
  #atMs: number

  constructor(nowMs: number) {
    this.#atMs = nowMs
  }

  take(ratePerSecond: number, nowMs: number): boolean {
    this.#tokens = Math.min(1, this.#tokens + ((nowMs - this.#atMs) / 1000) * ratePerSecond)
    this.#atMs = nowMs
    if (this.#tokens < 1 || ratePerSecond === 0) return false
    this.#tokens -= 1
    return true
  }
}
