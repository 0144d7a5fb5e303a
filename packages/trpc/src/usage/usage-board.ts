import { nodeUsages, type NodeUsage, type PodUsage } from '@quarterdeck/api'
import { quantityToNumber } from '@quarterdeck/api-machinery'
import type { ApiCore } from '@quarterdeck/apiserver'
import type { ChangeEvent } from '@quarterdeck/storage'

/** What something uses now. */
export interface Usage {
  cpuMillis: number
  memoryBytes: number
}

export interface PodUse extends Usage {
  containers: ({ name: string } & Usage)[]
}

interface NodeEntry extends Usage {
  measuredAtMs: number
  podUids: string[]
}

/** A figure older than this is no figure: its node has stopped telling. Agents tell every 15 s. */
const staleMs = 60_000
/** Figures that nobody looks at are kept up to date this long. */
const idleMs = 60_000

/**
 * What nodes and pods use now, as their agents last told: one copy for everybody who looks, kept up to date by the watch
 * cache while somebody does.
 */
export class UsageBoard {
  readonly #core: ApiCore
  readonly #now: () => number
  readonly #listeners = new Set<() => void>()
  readonly #nodes = new Map<string, NodeEntry>()
  readonly #pods = new Map<string, { use: PodUse; node: NodeEntry }>()
  #opening: Promise<void> | undefined
  #stop: (() => void) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(core: ApiCore, now: () => number = Date.now) {
    this.#core = core
    this.#now = now
  }

  /** Follows the figures for as long as somebody listens; resolves when they are there. The caller calls what it gets when it is done. */
  async listen(listener: () => void): Promise<() => void> {
    clearTimeout(this.#timer)
    this.#listeners.add(listener)
    await (this.#opening ??= this.#open())
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.#listeners.size === 0 && this.close(), idleMs).unref()
    }
  }

  /** Undefined while it is not known. */
  ofNode(name: string): Usage | undefined {
    const entry = this.#nodes.get(name)
    return entry && this.#isFresh(entry) ? { cpuMillis: entry.cpuMillis, memoryBytes: entry.memoryBytes } : undefined
  }

  ofPod(uid: string): PodUse | undefined {
    const entry = this.#pods.get(uid)
    return entry && this.#isFresh(entry.node) ? entry.use : undefined
  }

  /** What all nodes use together. */
  total(): Usage | undefined {
    const fresh = [...this.#nodes.values()].filter((entry) => this.#isFresh(entry))
    return fresh.length > 0 ? sumOf(fresh) : undefined
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#stop?.()
    this.#stop = undefined
    this.#opening = undefined
    this.#nodes.clear()
    this.#pods.clear()
  }

  async #open(): Promise<void> {
    try {
      const cache = await this.#core.freshCacheOf(nodeUsages)
      const { revision } = cache
      this.#nodes.clear()
      this.#pods.clear()
      for (const { object } of cache.list()) this.#put(object as NodeUsage)
      this.#stop = await cache.subscribe(revision, {
        onEvents: (events) => this.#take(events),
        // The cache lost its place: what is here grows stale until the next reader opens it again.
        onEnd: () => this.#reopen(),
      })
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }

  #reopen(): void {
    this.#opening = this.#listeners.size > 0 ? this.#open() : undefined
    this.#opening?.catch(() => {})
  }

  #take(events: readonly ChangeEvent[]): void {
    for (const { type, current } of events) {
      this.#remove(current.key.name)
      if (type !== 'deleted') this.#put(current.object as NodeUsage)
    }
    for (const listener of this.#listeners) listener()
  }

  #put({ metadata, timestamp, usage, pods = [] }: NodeUsage): void {
    const node: NodeEntry = { ...usageOf(usage), measuredAtMs: Date.parse(timestamp), podUids: pods.map(({ uid }) => uid) }
    this.#nodes.set(metadata.name, node)
    for (const pod of pods) this.#pods.set(pod.uid, { use: podUseOf(pod), node })
  }

  #remove(name: string): void {
    const node = this.#nodes.get(name)
    for (const uid of node?.podUids ?? []) if (this.#pods.get(uid)?.node === node) this.#pods.delete(uid)
    this.#nodes.delete(name)
  }

  #isFresh({ measuredAtMs }: NodeEntry): boolean {
    return this.#now() - measuredAtMs <= staleMs
  }
}

function podUseOf({ containers }: PodUsage): PodUse {
  const each = containers.map(({ name, usage }) => ({ name, ...usageOf(usage) }))
  return { ...sumOf(each), containers: each }
}

function usageOf(usage: Record<string, string>): Usage {
  return { cpuMillis: millisOf(usage['cpu'] ?? '0'), memoryBytes: quantityToNumber(usage['memory']) }
}

/** Agents tell nanocores, which need no exact arithmetic. */
function millisOf(cpu: string): number {
  return cpu.endsWith('n') ? Math.round(Number(cpu.slice(0, -1)) / 1e6) : Math.round(quantityToNumber(cpu) * 1000)
}

function sumOf(parts: readonly Usage[]): Usage {
  return parts.reduce<Usage>(
    (sum, { cpuMillis, memoryBytes }) => ({ cpuMillis: sum.cpuMillis + cpuMillis, memoryBytes: sum.memoryBytes + memoryBytes }),
    { cpuMillis: 0, memoryBytes: 0 },
  )
}
