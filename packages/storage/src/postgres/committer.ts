import { randomUUID } from 'node:crypto'
import { ApiError, unavailable } from '@quarterdeck/api-machinery'
import type { CacheChange } from '../watch-cache.ts'
import { keyText } from '../write.ts'
import { batchResult, changeOf, commitQuery, type BatchResult, type CommitRow, type GroupResult } from './batch.ts'
import { databaseError, isWorthRepeating, SessionLost } from './database-error.ts'
import { Session } from './session.ts'
import { type PendingGroup, WriteQueue } from './write-queue.ts'

export interface CommitterOptions {
  connectionString: string
  /** Of this process, told with each NOTIFY. */
  origin: string
  /** How long a write waits for a database that is away. */
  maxWaitMs: number
  /** Resolves once the caches hold the batch. Called in order of revision. */
  feed: (batch: { first: number; last: number; changes: CacheChange[] }) => Promise<void>
}

const endOldSession = {
  text: `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()`,
}
const findBatch = 'SELECT resource, namespace, name, revision FROM change WHERE batch = $1 AND revision > $2'

/**
 * Group commit. One batch is under way at a time; what arrives meanwhile goes with the next. A batch is
 * *sent* → *answered*; or its session is *lost* → the old backend is ended → the log says whether it was committed →
 * answered, or back to the front of the queue. Only then does a caller hear of it.
 */
export class Committer {
  readonly #options: CommitterOptions
  readonly #queue = new WriteQueue()
  readonly #applicationName = `quarterdeck-commit-${randomUUID()}`
  readonly #session: Session
  readonly #watchdog: NodeJS.Timeout
  #running: Promise<void> | undefined
  #isClosed = false
  /** Every batch of ours that was answered is at or below it. */
  #lastRevision = 0
  /** Settles when the batch under way has been answered. */
  inFlight: Promise<unknown> | undefined

  constructor(options: CommitterOptions) {
    this.#options = options
    this.#session = new Session({ connectionString: options.connectionString, applicationName: this.#applicationName })
    this.#watchdog = setInterval(() => this.#rejectLate(), Math.max(20, options.maxWaitMs / 20))
    this.#watchdog.unref()
  }

  commit(group: PendingGroup): void {
    if (this.#isClosed) return group.reject(unavailable('the store is closed'))
    this.#queue.push(group)
    this.#start()
  }

  /** Commits what is queued if the database is there, then ends. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (!this.#session.isConnected) this.#rejectAll(unavailable('the store is closed'))
    await Promise.race([this.#running, new Promise((resolve) => setTimeout(resolve, 2000).unref())])
    clearInterval(this.#watchdog)
    await this.#session.close()
    await this.#running
  }

  /** From the next turn on, so that all that is asked for in this one goes together. */
  #start(): void {
    if (this.#running || this.#queue.isEmpty) return
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#run())
      .finally(() => {
        this.#running = undefined
        this.#start()
      })
  }

  async #run(): Promise<void> {
    try {
      while (!this.#queue.isEmpty) {
        await this.#session.client()
        const batch = this.#queue.take()
        if (batch.length === 0) continue
        this.inFlight = this.#commitBatch(batch)
        await this.inFlight
        this.inFlight = undefined
      }
    } catch (error) {
      this.inFlight = undefined
      this.#rejectAll(databaseError(error))
    }
  }

  async #commitBatch(batch: PendingGroup[]): Promise<void> {
    const batchId = randomUUID()
    try {
      const [row] = await this.#session.query<CommitRow>(commitQuery(batch, batchId, this.#options.origin))
      this.#answer(batchResult(batch, row as CommitRow))
    } catch (error) {
      if (error instanceof SessionLost) await this.#resolveLost(batch, batchId)
      else if (isWorthRepeating(error)) this.#queue.putBack(batch)
      else await this.#isolate(batch, error)
    }
  }

  /** The server refused something in the batch: each group alone finds out whether it was that one. */
  async #isolate(batch: PendingGroup[], error: unknown): Promise<void> {
    if (batch.length === 1) return batch[0]?.reject(databaseError(error))
    for (const group of batch) await this.#commitBatch([group])
  }

  /** Nobody may commit the batch after we have read that it is not there, so the old backend is ended first. */
  async #resolveLost(batch: PendingGroup[], batchId: string): Promise<void> {
    for (;;) {
      try {
        const session = this.#session
        await session.query({ ...endOldSession, values: [this.#applicationName] })
        const rows = await session.query<{ resource: string; namespace: string; name: string; revision: string }>({
          text: findBatch,
          values: [batchId, this.#lastRevision],
        })
        return this.#answerFromLog(batch, new Map(rows.map((row) => [keyText(row), Number(row.revision)])))
      } catch (error) {
        if (error instanceof SessionLost && !this.#isClosed) continue
        const why = error instanceof Error ? error.message : String(error)
        for (const group of batch) group.reject(new ApiError('ServerTimeout', `the outcome of the write is not known: ${why}`))
        return
      }
    }
  }

  /** Groups that are not in the log were refused or never reached it: they are tried anew. */
  #answerFromLog(batch: PendingGroup[], revisionOf: ReadonlyMap<string, number>): void {
    const groups: GroupResult[] = []
    const absent: PendingGroup[] = []
    for (const group of batch) {
      const revisions = group.writes.map((write) => revisionOf.get(keyText(write.key)))
      if (revisions.some((revision) => revision === undefined)) absent.push(group)
      else groups.push({ group, changes: revisions.map((revision, index) => changeOf(group, index, revision as number)) })
    }
    this.#queue.putBack(absent)
    const found = [...revisionOf.values()]
    if (found.length > 0) this.#answer({ first: Math.min(...found), last: Math.max(...found), groups })
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
    if (this.#session.isConnected || this.#queue.isEmpty) return
    const late = this.#queue.takeOlder(performance.now() - this.#options.maxWaitMs)
    const { lastError } = this.#session
    const error = unavailable(`the database is not available: ${lastError instanceof Error ? lastError.message : 'no answer'}`)
    for (const group of late) group.reject(error)
  }

  #rejectAll(error: Error): void {
    for (const group of this.#queue.takeAll()) group.reject(error)
  }
}
