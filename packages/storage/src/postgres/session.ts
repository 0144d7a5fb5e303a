import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { isSessionLoss, SessionLost, sqlStateOf } from './database-error.ts'

export interface SessionOptions {
  connectionString: string
  /** Unique among all processes: what a later session finds the server side of this one by. */
  applicationName: string
  /** Server settings of the session, as `-c name=value`. */
  settings?: string
  /** Run on each new connection before anybody else gets it. A rejection counts as a failed connect. */
  onConnect?: (client: pg.Client) => Promise<void>
  onLost?: () => void
}

const firstBackoffMs = 50
const maxBackoffMs = 1000
const connectTimeoutMs = 5000
const queryTimeoutMs = 60_000

/** One database connection that is made anew when it is lost, for as long as the session is open. */
export class Session {
  readonly #options: SessionOptions
  readonly #closing = new AbortController()
  #client: pg.Client | undefined
  #connecting: Promise<pg.Client> | undefined
  #previous: Promise<unknown> = Promise.resolve()
  /** Why the last attempt to connect failed. */
  lastError: unknown

  constructor(options: SessionOptions) {
    this.#options = options
  }

  get isConnected(): boolean {
    return this.#client !== undefined
  }

  /** The connection, waiting for it as long as it takes. Rejects with SessionLost when the session is closed. */
  client(): Promise<pg.Client> {
    if (this.#client) return Promise.resolve(this.#client)
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /**
   * Runs one query, after those asked for before. Rejects with SessionLost if the connection ends before the answer,
   * with the server's error otherwise. `beforeSending` is called when its turn has come.
   */
  query<Row extends pg.QueryResultRow>(query: pg.QueryConfig, beforeSending?: () => void): Promise<Row[]> {
    const answer = this.#previous.then(() => this.#query<Row>(query, beforeSending))
    this.#previous = answer.catch(() => {})
    return answer
  }

  async #query<Row extends pg.QueryResultRow>(query: pg.QueryConfig, beforeSending?: () => void): Promise<Row[]> {
    const client = await this.client()
    try {
      beforeSending?.()
      return (await client.query<Row>(query)).rows
    } catch (error) {
      if (!isSessionLoss(error)) throw error
      this.#lose(client)
      throw new SessionLost(error instanceof Error ? error.message : String(error))
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const client = this.#client
    this.#client = undefined
    await this.#connecting?.catch(() => {})
    await client?.end().catch(() => {})
  }

  async #connect(): Promise<pg.Client> {
    for (let backoffMs = firstBackoffMs; ; backoffMs = Math.min(backoffMs * 2, maxBackoffMs)) {
      if (this.#closing.signal.aborted) throw new SessionLost('the store is closed')
      try {
        return await this.#attempt()
      } catch (error) {
        this.lastError = error
        if (isHopeless(error)) throw error
        await delay(backoffMs * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => {})
      }
    }
  }

  async #attempt(): Promise<pg.Client> {
    const { connectionString, applicationName, settings, onConnect } = this.#options
    const client = new pg.Client({
      connectionString,
      application_name: applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      ...(settings ? { options: settings } : {}),
    })
    client.on('error', () => this.#lose(client))
    client.on('end', () => this.#lose(client))
    try {
      await client.connect()
      await onConnect?.(client)
      if (this.#closing.signal.aborted) throw new SessionLost('the store is closed')
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    this.#client = client
    return client
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return
    this.#client = undefined
    client.end().catch(() => {})
    this.#options.onLost?.()
  }
}

/** Wrong credentials and missing databases do not mend by waiting. */
function isHopeless(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== undefined && (state.startsWith('28') || state === '3D000' || state === '42P01' || state === '42883')
}
