import { unavailable } from '@quarterdeck/api-machinery'
import type { CacheChange } from '../watch-cache.ts'
import type { BatchResult } from './batch.ts'
import { databaseError } from './database-error.ts'
import { Lane } from './lane.ts'
import { type PendingGroup, WriteQueue } from './write-queue.ts'

export interface CommitterOptions {
  connectionString: string
  /** Of this process, told with each NOTIFY. */
  origin: string
  /** How long a write waits for a database that is away. */
  maxWaitMs: number
  /** Resolves once the caches hold the batch. */
  feed: (batch: { first: number; last: number; changes: CacheChange[] }) => Promise<void>
}

/** While one batch is being committed the next is made ready; more lanes would only wait for the clock's lock. */
const laneCount = 2
/** Below this many waiting groups one batch is better than two. */
const minSplit = 32
const closeGraceMs = 2000

/** Group commit: whatever waits when a lane is free is its next batch. */
export class Committer {
  readonly #options: CommitterOptions
  readonly #queue = new WriteQueue()
  readonly #lanes: Lane[]
  readonly #running = new Map<Lane, Promise<void>>()
  readonly #watchdog: NodeJS.Timeout
  #isClosed = false
  #isWoken = false
  /** The highest revision of ours that was answered: what is sent from here on gets a higher one. */
  #lastRevision = 0

  constructor(options: CommitterOptions) {
    this.#options = options
    const { connectionString, origin } = options
    const answer = (result: BatchResult): void => this.#answer(result)
    const putBack = (groups: readonly PendingGroup[]): void => this.#queue.putBack(groups)
    this.#lanes = Array.from({ length: laneCount }, () => new Lane({ connectionString, origin, answer, putBack }))
    this.#watchdog = setInterval(() => this.#rejectLate(), Math.max(20, options.maxWaitMs / 20))
    this.#watchdog.unref()
  }

  /** The batches under way, if there are any: settles when they have been answered. */
  get inFlight(): Promise<unknown> | undefined {
    const batches = this.#lanes.flatMap((lane) => lane.inFlight ?? [])
    return batches.length > 0 ? Promise.all(batches) : undefined
  }

  commit(group: PendingGroup): void {
    if (this.#isClosed) return group.reject(unavailable('the store is closed'))
    this.#queue.push(group)
    // From the next turn on, so that all that is asked for in this one goes together.
    if (this.#isWoken) return
    this.#isWoken = true
    setImmediate(() => {
      this.#isWoken = false
      this.#start()
    })
  }

  /** Commits what is queued if the database is there, then ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#isConnected) this.#rejectAll(unavailable('the store is closed'))
    this.#start()
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, closeGraceMs)))
    await Promise.race([Promise.all(this.#running.values()), grace])
    clearTimeout(timer)
    clearInterval(this.#watchdog)
    this.#rejectAll(unavailable('the store is closed'))
    await Promise.all(this.#lanes.map((lane) => lane.close()))
    await Promise.all(this.#running.values())
  }

  get #isConnected(): boolean {
    return this.#lanes.some((lane) => lane.session.isConnected)
  }

  #start(): void {
    for (const lane of this.#lanes) {
      const isNeeded = !this.#queue.isEmpty && (this.#running.size === 0 || this.#queue.length >= minSplit / 2)
      if (!isNeeded || this.#running.has(lane)) continue
      const run = this.#run(lane).finally(() => {
        this.#running.delete(lane)
        if (!this.#queue.isEmpty) this.#start()
      })
      this.#running.set(lane, run)
    }
  }

  async #run(lane: Lane): Promise<void> {
    try {
      while (!this.#queue.isEmpty) {
        await lane.session.client()
        const isAlone = this.#lanes.every((other) => other === lane || !other.inFlight)
        const batch = this.#queue.take(isAlone && this.#queue.length >= minSplit ? this.#queue.length / 2 : Infinity)
        if (batch.length === 0) return
        await lane.commit(batch, this.#lastRevision)
      }
    } catch (error) {
      this.#rejectAll(databaseError(error))
    }
  }

  #answer({ first, last, groups }: BatchResult): void {
    this.#lastRevision = Math.max(this.#lastRevision, last)
    const changes: CacheChange[] = []
    for (const result of groups) {
      if ('error' in result) result.group.reject(result.error)
      else for (const change of result.changes) changes.push(change)
    }
    if (changes.length === 0) return
    this.#options.feed({ first, last, changes }).then(
      () => {
        for (const result of groups) if ('changes' in result) result.group.resolve(result.changes.map((change) => change.current))
      },
      (error: Error) => {
        for (const result of groups) if ('changes' in result) result.group.reject(error)
      },
    )
  }

  #rejectLate(): void {
    if (this.#queue.isEmpty || this.#isConnected) return
    const late = this.#queue.takeOlder(performance.now() - this.#options.maxWaitMs)
    if (late.length === 0) return
    const why = this.#lanes.find((lane) => lane.session.lastError)?.session.lastError
    const error = unavailable(`the database is not available: ${why instanceof Error ? why.message : 'no answer'}`)
    for (const group of late) group.reject(error)
  }

  #rejectAll(error: Error): void {
    for (const group of this.#queue.takeAll()) group.reject(error)
  }
}
