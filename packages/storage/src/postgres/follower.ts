import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import { unavailable } from '@quarterdeck/api-machinery'
import type { CacheSet } from '../cache-set.ts'
import type { CacheChange, ResourceCache } from '../watch-cache.ts'
import { compactedError } from '../write-failure.ts'
import { changeTypeOfRow, type ChangeRow, storedOf } from './change-rows.ts'
import { databaseError } from './database-error.ts'
import { Session } from './session.ts'

export interface OwnBatch {
  first: number
  last: number
  changes: CacheChange[]
}

export interface FollowerOptions {
  connectionString: string
  origin: string
  maxWaitMs: number
  caches: CacheSet
  /** Our own batch under way, if any: its changes will be fed without reading them. */
  inFlight: () => Promise<unknown> | undefined
  /** Reads the state of a cache anew. */
  reload: (cache: ResourceCache) => Promise<void>
}

/** Revisions that are not ours: above `after`, up to `upTo`. */
interface Gap {
  after: number
  upTo: number
}

interface ClockRow {
  revision: string
  compacted: string
}

const channel = 'quarterdeck_change'
const maxReadRevisions = 250
const pollMs = 5000
const inFlightPatienceMs = 50
/** The log's partitions may be too young to have statistics; its index is always right, and the plan always the same. */
export const followerSettings = '-c enable_seqscan=off -c jit=off -c plan_cache_mode=force_generic_plan'
const clockQuery = { name: 'clock', text: 'SELECT revision, compacted FROM clock' }
/** OFFSET 0 has each gap looked up in the index: a plan that joins the two may read the whole log for a few revisions. */
export const changesQuery = {
  name: 'changes',
  text: `SELECT found.*
    FROM unnest($1::bigint[], $2::bigint[]) AS gap(after, up_to), LATERAL (
      SELECT revision, type, resource, namespace, name, uid, value::text AS value
      FROM change WHERE revision > gap.after AND revision <= gap.up_to AND resource = ANY($3) OFFSET 0
    ) AS found ORDER BY revision`,
}

/**
 * Feeds the caches every change of the store in order. `fed` is how far they are, `target` how far the store is known
 * to be: by our own commits, which are fed as they are, by notifications of others and by reading the clock, whose
 * changes are read from the log. The log at any snapshot is a prefix, so what lies up to the target is all there.
 */
export class Follower {
  readonly #options: FollowerOptions
  readonly #session: Session
  readonly #own: { batch: OwnBatch; done: () => void; fail: (error: Error) => void }[] = []
  readonly #poll: NodeJS.Timeout
  #fed = 0
  #target = 0
  /** The last revision of the latest batch of another process. */
  #foreign = 0
  #pumping = false
  #isClosed = false
  /** Changes with every restart: what was read before is then of no use. */
  #epoch = 0
  #nextClock: Promise<number> | undefined

  constructor(options: FollowerOptions) {
    this.#options = options
    this.#session = new Session({
      connectionString: options.connectionString,
      applicationName: `quarterdeck-follow-${randomUUID()}`,
      settings: followerSettings,
      onConnect: (client) => this.#resume(client),
      onLost: () => void this.#session.client().catch(() => {}),
    })
    this.#poll = setInterval(() => void this.currentRevision().catch(() => {}), pollMs)
    this.#poll.unref()
  }

  /** Why the last attempt to connect failed. */
  get lastError(): unknown {
    return this.#session.lastError
  }

  /** Connects; the caches follow from the revision that is current then. */
  async open(): Promise<void> {
    await this.#session.client()
  }

  /** Resolves once the caches hold the batch. */
  feedOwn(batch: OwnBatch): Promise<void> {
    return new Promise((done, fail) => {
      this.#own.push({ batch, done, fail })
      this.#own.sort((a, b) => a.batch.first - b.batch.first)
      this.#target = Math.max(this.#target, batch.last)
      this.#feedReadyOwn()
      if (this.#fed < this.#target) void this.#pump()
    })
  }

  /** The clock's revision, read after the call: all who call while a query is under way share the next one. */
  currentRevision(): Promise<number> {
    if (!this.#nextClock) {
      const reading = this.#readClock()
      this.#nextClock = reading
      const forget = (): void => {
        if (this.#nextClock === reading) this.#nextClock = undefined
      }
      reading.then(forget, forget)
    }
    return this.#nextClock
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearInterval(this.#poll)
    await this.#session.close()
    for (const { fail } of this.#own.splice(0)) fail(unavailable('the store was closed before its caches had the write'))
  }

  async #readClock(): Promise<number> {
    let fedBefore = 0
    const answer = this.#session.query<ClockRow>(clockQuery, () => {
      // Sent now: whoever asks from here on needs a later answer.
      this.#nextClock = undefined
      fedBefore = this.#fed
    })
    const gaveUp = new AbortController()
    const late = delay(this.#options.maxWaitMs, undefined, { signal: gaveUp.signal, ref: false }).then(() => {
      throw unavailable('the database is not available: it does not answer')
    })
    late.catch(() => {})
    try {
      const [clock] = await Promise.race([answer, late])
      return this.#learn(clock, fedBefore)
    } catch (error) {
      answer.catch(() => {})
      throw databaseError(error)
    } finally {
      gaveUp.abort()
    }
  }

  /** `fedBefore` is how far we were before the clock was read. */
  #learn(clock: ClockRow | undefined, fedBefore: number): number {
    const revision = Number(clock?.revision ?? 0)
    if (revision < fedBefore) this.#restart(revision, Number(clock?.compacted ?? 0))
    else this.#advance(revision)
    return revision
  }

  #advance(revision: number): void {
    if (revision <= this.#target) return
    this.#target = revision
    void this.#pump()
  }

  /** On a new connection: listen first, then look at the clock, so that nothing falls between. */
  async #resume(client: pg.Client): Promise<void> {
    client.on('notification', ({ payload = '' }) => {
      const colon = payload.lastIndexOf(':')
      if (payload.slice(0, colon) === this.#options.origin) return
      this.#foreign = Number(payload.slice(colon + 1))
      this.#advance(this.#foreign)
    })
    await client.query(`LISTEN ${channel}`)
    const fedBefore = this.#fed
    const { rows } = await client.query<ClockRow>(clockQuery.text)
    const [clock] = rows
    const compacted = Number(clock?.compacted ?? 0)
    if (this.#options.caches.all().length === 0) this.#fed = Math.max(this.#fed, Number(clock?.revision ?? 0))
    if (fedBefore > 0 && compacted > this.#fed) return this.#restart(Number(clock?.revision), compacted)
    await this.#reloadThinned(client)
    this.#learn(clock, fedBefore)
    if (this.#fed < this.#target) void this.#pump()
  }

  /** Caches whose resource lost entries that we have not been fed. */
  async #reloadThinned(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ resource: string; revision: string }>(
      'SELECT resource, revision FROM compaction WHERE revision > $1',
      [this.#fed],
    )
    for (const row of rows) {
      const cache = this.#options.caches.get(row.resource)
      if (cache) this.#lose(cache, Number(row.revision))
    }
  }

  /** The store is not a continuation of what we know: compacted past us, or set back to an older state. */
  #restart(revision: number, compacted: number): void {
    this.#epoch++
    this.#fed = revision
    this.#target = revision
    for (const cache of this.#options.caches.all()) this.#lose(cache, compacted)
  }

  #lose(cache: ResourceCache, compacted: number): void {
    cache.beginLoad(compactedError(cache.revision, compacted))
    void this.#reloadUntilDone(cache)
  }

  async #reloadUntilDone(cache: ResourceCache): Promise<void> {
    while (!this.#isClosed) {
      try {
        return await this.#options.reload(cache)
      } catch {
        await delay(pollMs / 10, undefined, { ref: false })
      }
    }
  }

  #feedReadyOwn(): void {
    for (let next = this.#own[0]; next && next.batch.first <= this.#fed + 1; next = this.#own[0]) {
      this.#own.shift()
      this.#feed(next.batch.changes, next.batch.last)
      next.done()
    }
  }

  #feed(changes: readonly CacheChange[], revision: number): void {
    if (revision <= this.#fed) return
    this.#fed = revision
    this.#options.caches.apply(changes, revision)
  }

  async #pump(): Promise<void> {
    if (this.#pumping || this.#isClosed) return
    this.#pumping = true
    try {
      while (this.#fed < this.#target && !this.#isClosed) await this.#step()
    } catch {
      // The connection was lost or the read failed: a new connection, the next notification or the poll resumes.
    } finally {
      this.#pumping = false
    }
  }

  async #step(): Promise<void> {
    const before = this.#fed
    const inFlight = this.#foreign <= this.#fed ? this.#options.inFlight() : undefined
    if (inFlight) await Promise.race([inFlight.catch(() => {}), delay(inFlightPatienceMs, undefined, { ref: false })])
    this.#feedReadyOwn()
    if (this.#fed > before || this.#fed >= this.#target) return
    const resources = this.#options.caches.all().map((cache) => cache.resource)
    const gaps = this.#gapsFrom(before, resources.length > 0 ? maxReadRevisions : Infinity)
    const epoch = this.#epoch
    const rows =
      resources.length > 0 ? await this.#session.query<ChangeRow>({ ...changesQuery, values: [...columnsOf(gaps), resources] }) : []
    if (this.#epoch === epoch) this.#fill(gaps, rows)
  }

  /** What is to be read from the log, between our own batches and after them: one read for all of it, `most` revisions together. */
  #gapsFrom(fed: number, most: number): Gap[] {
    const gaps: Gap[] = []
    let after = fed
    let left = most
    for (const { first, last } of [...this.#own.map(({ batch }) => batch), { first: this.#target + 1, last: Infinity }]) {
      const upTo = Math.min(first - 1, after + left)
      if (upTo > after) gaps.push({ after, upTo })
      left -= Math.max(0, upTo - after)
      if (left <= 0) break
      after = Math.max(after, last)
    }
    return gaps
  }

  /** Feeds what was read, and our own batches in between. Some of both may have been fed meanwhile. */
  #fill(gaps: readonly Gap[], rows: readonly ChangeRow[]): void {
    let next = 0
    for (const { after, upTo } of gaps) {
      this.#feedReadyOwn()
      if (this.#fed < after) return
      const changes: CacheChange[] = []
      for (let row = rows[next]; row && Number(row.revision) <= upTo; row = rows[++next])
        if (Number(row.revision) > this.#fed) changes.push({ type: changeTypeOfRow(row), current: storedOf(row) })
      this.#feed(changes, upTo)
    }
    this.#feedReadyOwn()
  }
}

const columnsOf = (gaps: readonly Gap[]): [number[], number[]] => [gaps.map(({ after }) => after), gaps.map(({ upTo }) => upTo)]
