import pg from 'pg'
import { unavailable } from '@quarterdeck/api-machinery'
import { setTimeout as delay } from 'node:timers/promises'
import { databaseError, isSessionLoss, isWorthRepeating } from './database-error.ts'

export interface ColdReadsOptions {
  connectionString: string
  applicationName: string
  maxWaitMs: number
}

const maxConnections = 4
const idleMs = 10_000

/** Connections for what is not urgent: loading caches, old watches, history, compaction. They go when idle. */
export class ColdReads {
  readonly #pool: pg.Pool
  readonly #maxWaitMs: number
  #isClosed = false

  constructor({ connectionString, applicationName, maxWaitMs }: ColdReadsOptions) {
    this.#maxWaitMs = maxWaitMs
    this.#pool = new pg.Pool({
      connectionString,
      application_name: applicationName,
      max: maxConnections,
      idleTimeoutMillis: idleMs,
      connectionTimeoutMillis: maxWaitMs,
      allowExitOnIdle: true,
    })
    // A connection that dies while idle is replaced at the next use.
    this.#pool.on('error', () => {})
  }

  async rows<Row extends pg.QueryResultRow>(query: pg.QueryConfig): Promise<Row[]> {
    return this.use(async (client) => (await client.query<Row>(query)).rows)
  }

  /** Runs `task` on one connection; anew if the connection is lost, until the wait is over. It must be repeatable. */
  async use<T>(task: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.#maxWaitMs
    for (let backoffMs = 50; ; backoffMs = Math.min(backoffMs * 2, 1000)) {
      if (this.#isClosed) throw unavailable('the store is closed')
      try {
        return await this.#once(task)
      } catch (error) {
        const isPassing = error instanceof Error && (isWorthRepeating(error) || (isSessionLoss(error) && isFromDatabase(error)))
        if (!isPassing) throw error
        if (performance.now() + backoffMs > deadline) throw databaseError(error)
        await delay(backoffMs)
      }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pool.end()
  }

  async #once<T>(task: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    // The pool listens only to idle connections. One that dies between two queries fails the next.
    client.on('error', ignoreLoss)
    try {
      const result = await task(client)
      client.off('error', ignoreLoss)
      client.release()
      return result
    } catch (error) {
      client.release(true)
      throw error
    }
  }
}

const ignoreLoss = (): void => {}

/** Our own errors (Expired) and programming errors are not the connection's. */
function isFromDatabase(error: Error): boolean {
  return error.name === 'Error' || error.name === 'error' || 'severity' in error || 'errno' in error
}
