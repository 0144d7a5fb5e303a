import { setImmediate } from 'node:timers/promises'

import type { Kind } from '@quarterdeck/api'
import type { ApiCore } from '@quarterdeck/apiserver'
import type { ChangeEvent, StoredObject, WatchCache } from '@quarterdeck/storage'

import { columnsOf } from '../kinds/columns.ts'
import { isSameState } from '../state/state.ts'
import { filterOf, viewKey, type Query } from './query.ts'
import { Row } from './row.ts'
import { nothingAround, type Surroundings } from './surroundings.ts'
import { View } from './view.ts'

/** What became of a row. */
export interface RowChange {
  before: Row | undefined
  after: Row | undefined
}

/** Views nobody looks at that are kept, because somebody often comes back to them. */
const maxIdleViews = 6
/** A batch that changes more than this share of the rows is cheaper to sort again. */
const refillShare = 0.1
const minRefill = 500
/** Rows that are made ready at a time: about two milliseconds of work. */
const rowsPerSlice = 250

/** All objects of one kind as rows, following the watch cache, with the views that are in use. */
export class LiveKind {
  readonly kind: Kind
  readonly #core: ApiCore
  readonly #rows = new Map<string, Row>()
  readonly #views = new Map<string, View>()
  readonly #everything = new View('Name', undefined)
  readonly #followers = new Set<(changes: readonly RowChange[]) => void>()
  readonly #surroundings: Surroundings
  #stop: (() => void) | undefined
  #isClosed = false

  private constructor(core: ApiCore, kind: Kind, surroundings: Surroundings) {
    this.#core = core
    this.kind = kind
    this.#surroundings = surroundings
  }

  /** Closes the surroundings when it is closed itself. */
  static async open(core: ApiCore, kind: Kind, surroundings: Surroundings = nothingAround): Promise<LiveKind> {
    const live = new LiveKind(core, kind, surroundings)
    surroundings.listen((keys) => live.#renew(keys ?? [...live.#rows.keys()]))
    try {
      await live.#load()
    } catch (error) {
      surroundings.close()
      throw error
    }
    return live
  }

  get size(): number {
    return this.#rows.size
  }

  get isWatched(): boolean {
    return this.#everything.isWatched || this.#followers.size > 0 || [...this.#views.values()].some((view) => view.isWatched)
  }

  rows(): Iterable<Row> {
    return this.#rows.values()
  }

  get(namespace: string, name: string): Row | undefined {
    return this.byKey(`${namespace}/${name}`)
  }

  byKey(key: string): Row | undefined {
    return this.#rows.get(key)
  }

  /** Told after every change of any object of the kind. */
  listen(listener: () => void): () => void {
    return this.#everything.listen(listener)
  }

  /** Told of every row that changes, comes or goes, before listeners are. */
  follow(follower: (changes: readonly RowChange[]) => void): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  /** The view of a query, made at first use. A view of an order that exists is filtered out of it, not sorted. */
  view(query: Query): View {
    const key = viewKey(query)
    let view = this.#views.get(key)
    if (view) {
      this.#views.delete(key)
      this.#views.set(key, view)
      return view
    }
    view = new View(query.sort.column, filterOf(query))
    const order = this.#orderOf(query.sort.column)
    view.fill((order ?? this.#everything).rows, order ? 'view' : 'name')
    this.#views.set(key, view)
    this.#dropIdleViews(view)
    return view
  }

  close(): void {
    this.#isClosed = true
    this.#stop?.()
    this.#surroundings.close()
    this.#rows.clear()
    this.#views.clear()
  }

  #orderOf(column: string): View | undefined {
    return column === this.#everything.column
      ? this.#everything
      : [...this.#views.values()].find((v) => v.column === column && v.rows.length === this.size)
  }

  async #load(): Promise<void> {
    const cache: WatchCache = await this.#core.freshCacheOf(this.kind)
    const { revision } = cache
    const former = new Map(this.#rows)
    this.#rows.clear()
    for (const stored of cache.list()) this.#rows.set(`${stored.key.namespace}/${stored.key.name}`, this.#rowOf(stored))
    this.#tell([
      ...[...former].map(([key, before]) => ({ before, after: this.#rows.get(key) })),
      ...[...this.#rows].flatMap(([key, after]) => (former.has(key) ? [] : [{ before: undefined, after }])),
    ])
    this.#refill()
    const stop = await cache.subscribe(revision, {
      onEvents: (events) => this.#take(events),
      onEnd: () => void this.#reload(),
    })
    if (this.#isClosed) stop()
    else this.#stop = stop
    void this.#warm()
  }

  /** Derives what orders are made of, between other work: the first change of order then has only to sort. */
  async #warm(): Promise<void> {
    const columns = columnsOf(this.kind).filter((column) => column.priority === 0 && column.type !== 'date' && column.type !== 'usage')
    let count = 0
    for (const row of this.#rows.values()) {
      for (const { name } of columns) row.sortKey(name)
      if (++count % rowsPerSlice !== 0) continue
      await setImmediate()
      if (this.#isClosed) return
    }
  }

  /** The cache lost its place: everything is read again, until that succeeds. */
  async #reload(): Promise<void> {
    for (let attempt = 0; !this.#isClosed; attempt++) {
      try {
        return await this.#load()
      } catch {
        await new Promise<void>((resolve) => setTimeout(resolve, Math.min(5000, 100 * 2 ** attempt)).unref())
      }
    }
  }

  #take(events: readonly ChangeEvent[]): void {
    const views = [this.#everything, ...this.#views.values()]
    const refills = events.length > Math.max(minRefill, this.#rows.size * refillShare)
    const changed = new Set<View>()
    const changes: RowChange[] = []
    for (const { type, current } of events) {
      const key = `${current.key.namespace}/${current.key.name}`
      const before = this.#rows.get(key)
      const after = type === 'deleted' ? undefined : this.#rowOf(current)
      if (after) this.#rows.set(key, after)
      else this.#rows.delete(key)
      if (this.#followers.size > 0) changes.push({ before, after })
      if (!refills) for (const view of views) if (view.replace(before, after)) changed.add(view)
    }
    this.#tell(changes)
    if (refills) this.#refill()
    else for (const view of changed) view.announce()
  }

  /** What is around some objects changed: those whose state that changes get a new row. */
  #renew(keys: Iterable<string>): void {
    const views = [this.#everything, ...this.#views.values()]
    const changed = new Set<View>()
    for (const key of keys) {
      const before = this.#rows.get(key)
      if (!before) continue
      const after = this.#rowOf(before.stored)
      if (isSameState(before.state, after.state)) continue
      this.#rows.set(key, after)
      for (const view of views) if (view.replace(before, after)) changed.add(view)
    }
    for (const view of changed) view.announce()
  }

  #rowOf(stored: StoredObject): Row {
    return new Row(this.kind, stored, this.#surroundings)
  }

  #tell(changes: readonly RowChange[]): void {
    if (changes.length > 0) for (const follower of this.#followers) follower(changes)
  }

  #refill(): void {
    this.#everything.fill(this.#rows.values(), 'none')
    for (const view of this.#views.values()) view.fill(this.#everything.rows, view.column === 'Name' ? 'view' : 'name')
  }

  #dropIdleViews(justMade: View): void {
    const idle = [...this.#views].filter(([, view]) => !view.isWatched && view !== justMade)
    for (const [key] of idle.slice(0, Math.max(0, idle.length - maxIdleViews))) this.#views.delete(key)
  }
}
