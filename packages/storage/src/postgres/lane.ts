import { randomUUID } from 'node:crypto'
import { ApiError } from '@quarterdeck/api-machinery'
import { keyText } from '../write.ts'
import { batchResult, type BatchResult, changeOf, commitQuery, type CommitRow, type GroupResult } from './batch.ts'
import { databaseError, isWorthRepeating, SessionLost } from './database-error.ts'
import { Session } from './session.ts'
import type { PendingGroup } from './write-queue.ts'

export interface LaneOptions {
  connectionString: string
  /** Of this process, told with each NOTIFY. */
  origin: string
  /** Takes what was stored or refused. */
  answer: (result: BatchResult) => void
  /** Takes what was not committed and is to be tried again. */
  putBack: (groups: readonly PendingGroup[]) => void
}

const endOldBackend =
  'SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()'
const findBatch = 'SELECT resource, namespace, name, revision FROM change WHERE batch = $1 AND revision > $2 AND resource = ANY($3)'

/**
 * One connection that commits one batch at a time. A batch is *sent* → *answered*; or its session is *lost* → the old
 * backend is ended → the log says whether the batch was committed → answered, or put back. Only then does a caller
 * hear of it.
 */
export class Lane {
  readonly session: Session
  readonly #options: LaneOptions
  readonly #applicationName = `quarterdeck-commit-${randomUUID()}`
  #isClosed = false
  /** Settles when the batch under way is dealt with. */
  inFlight: Promise<void> | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.session = new Session({ connectionString: options.connectionString, applicationName: this.#applicationName })
  }

  /** Never rejects. Every revision that the batch may get is above `after`. */
  async commit(batch: readonly PendingGroup[], after: number): Promise<void> {
    this.inFlight = this.#commit(batch, after)
    await this.inFlight
    this.inFlight = undefined
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.session.close()
  }

  async #commit(batch: readonly PendingGroup[], after: number): Promise<void> {
    const batchId = randomUUID()
    try {
      const [row] = await this.session.query<CommitRow>(commitQuery(batch, batchId, this.#options.origin))
      this.#options.answer(batchResult(batch, row as CommitRow))
    } catch (error) {
      if (error instanceof SessionLost) await this.#resolveLost(batch, { batchId, after })
      else if (isWorthRepeating(error)) this.#options.putBack(batch)
      else await this.#isolate(batch, { after, error })
    }
  }

  /** The server refused something in the batch: each group alone finds out whether it was that one. */
  async #isolate(batch: readonly PendingGroup[], { after, error }: { after: number; error: unknown }): Promise<void> {
    if (batch.length === 1) return batch[0]?.reject(databaseError(error))
    for (const group of batch) await this.#commit([group], after)
  }

  /** Nobody may commit the batch after we have read that it is not there, so the old backend is ended first. */
  async #resolveLost(batch: readonly PendingGroup[], { batchId, after }: { batchId: string; after: number }): Promise<void> {
    for (;;) {
      try {
        await this.session.query({ text: endOldBackend, values: [this.#applicationName] })
        const rows = await this.session.query<{ resource: string; namespace: string; name: string; revision: string }>({
          text: findBatch,
          values: [batchId, after, resourcesOf(batch)],
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
  #answerFromLog(batch: readonly PendingGroup[], revisionOf: ReadonlyMap<string, number>): void {
    const groups: GroupResult[] = []
    const absent: PendingGroup[] = []
    for (const group of batch) {
      const revisions = group.writes.map((write) => revisionOf.get(keyText(write.key)))
      if (revisions.some((revision) => revision === undefined)) absent.push(group)
      else groups.push({ group, changes: revisions.map((revision, index) => changeOf(group, index, revision as number)) })
    }
    this.#options.putBack(absent)
    const found = [...revisionOf.values()]
    if (found.length > 0) this.#options.answer({ first: Math.min(...found), last: Math.max(...found), groups })
  }
}

function resourcesOf(batch: readonly PendingGroup[]): string[] {
  return [...new Set(batch.flatMap((group) => group.writes.map((write) => write.key.resource)))]
}
