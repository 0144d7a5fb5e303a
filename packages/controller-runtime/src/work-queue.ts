import { realClock, type Clock } from './clock.ts'
import { KeyedHeap } from './keyed-heap.ts'
import { noMetrics, type RuntimeMetrics } from './metrics.ts'

export interface WorkQueueOptions {
  name: string
  clock?: Clock
  metrics?: RuntimeMetrics
}

export interface WorkOptions {
  /** Keys handled at the same time. One key is never handled twice at once. */
  concurrency: number
  signal: AbortSignal
  /** Must not reject: it reports its failures by adding the key again. */
  handle: (key: string) => Promise<void>
}

interface Delayed {
  key: string
  dueAtMs: number
}

const baseDelayMs = 5
const maxDelayMs = 1_000_000

/**
 * Keys waiting to be worked on. A key added while it waits is there once; a key added while it is worked on is worked on again
 * afterwards, so no change is missed and no key has two workers.
 */
export class WorkQueue {
  readonly #name: string
  readonly #clock: Clock
  readonly #metrics: RuntimeMetrics
  /** In order of work: every key here is in #dirty and not in #processing. */
  #waiting: string[] = []
  #head = 0
  /** Keys that need work, whether they wait or are being worked on. */
  readonly #dirty = new Set<string>()
  readonly #processing = new Set<string>()
  readonly #addedAtMs = new Map<string, number>()
  readonly #failures = new Map<string, number>()
  readonly #delayed = new KeyedHeap<Delayed>((a, b) => a.dueAtMs < b.dueAtMs)
  #cancelTimer: (() => void) | undefined
  #timerDueAtMs = Infinity
  #wake: () => void = () => {}

  constructor(options: WorkQueueOptions) {
    this.#name = options.name
    this.#clock = options.clock ?? realClock
    this.#metrics = options.metrics ?? noMetrics
  }

  /** Keys waiting for a worker. */
  get depth(): number {
    return this.#waiting.length - this.#head
  }

  add(key: string): void {
    if (this.#dirty.has(key)) return
    this.#dirty.add(key)
    this.#addedAtMs.set(key, this.#clock.now())
    this.#metrics.queueAdded(this.#name)
    if (!this.#processing.has(key)) this.#push(key)
  }

  /** Adds the key once delayMs have passed. Of several delays of one key the shortest counts. */
  addAfter(key: string, delayMs: number): void {
    if (delayMs <= 0) return this.add(key)
    const dueAtMs = this.#clock.now() + delayMs
    const waiting = this.#delayed.get(key)
    if (waiting && waiting.dueAtMs <= dueAtMs) return
    this.#delayed.set(key, { key, dueAtMs })
    this.#schedule()
  }

  /** Adds the key after a delay that doubles with every failure since the last `forget`: 5 ms up to 1000 s. */
  addRateLimited(key: string): void {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    this.#metrics.queueRetried(this.#name)
    this.addAfter(key, Math.min(baseDelayMs * 2 ** Math.min(failures, 30), maxDelayMs))
  }

  forget(key: string): void {
    this.#failures.delete(key)
  }

  retriesOf(key: string): number {
    return this.#failures.get(key) ?? 0
  }

  /** Works until the signal aborts; resolves when the last worker is done. */
  async work({ concurrency, signal, handle }: WorkOptions): Promise<void> {
    const running = new Set<Promise<void>>()
    const idle = { wake: (): void => {} }
    this.#wake = () => idle.wake()
    const onAbort = (): void => idle.wake()
    signal.addEventListener('abort', onAbort, { once: true })
    while (!signal.aborted) {
      const key = running.size < concurrency ? this.#take() : undefined
      if (key === undefined) {
        await new Promise<void>((resolve) => (idle.wake = resolve))
        continue
      }
      const job = handle(key).finally(() => {
        this.#done(key)
        running.delete(job)
        idle.wake()
      })
      running.add(job)
    }
    signal.removeEventListener('abort', onAbort)
    this.#cancelTimer?.()
    await Promise.all(running)
  }

  #push(key: string): void {
    this.#waiting.push(key)
    this.#metrics.queueDepth(this.#name, this.depth)
    this.#wake()
  }

  #take(): string | undefined {
    const key = this.#waiting[this.#head]
    if (key === undefined) return undefined
    this.#head++
    if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head)
      this.#head = 0
    }
    this.#dirty.delete(key)
    this.#processing.add(key)
    this.#metrics.queueDepth(this.#name, this.depth)
    this.#metrics.queueWaited(this.#name, (this.#clock.now() - (this.#addedAtMs.get(key) ?? 0)) / 1000)
    this.#addedAtMs.delete(key)
    return key
  }

  #done(key: string): void {
    this.#processing.delete(key)
    if (this.#dirty.has(key)) this.#push(key)
  }

  #schedule(): void {
    const next = this.#delayed.peek()
    if (!next || next.dueAtMs >= this.#timerDueAtMs) return
    this.#cancelTimer?.()
    this.#timerDueAtMs = next.dueAtMs
    this.#cancelTimer = this.#clock.after(next.dueAtMs - this.#clock.now(), () => this.#releaseDue())
  }

  #releaseDue(): void {
    this.#timerDueAtMs = Infinity
    for (let next = this.#delayed.peek(); next && next.dueAtMs <= this.#clock.now(); next = this.#delayed.peek()) {
      this.#delayed.pop()
      this.add(next.key)
    }
    this.#schedule()
  }
}
