import { setImmediate } from 'node:timers/promises'

import type { Kind } from '@quarterdeck/api'
import type { ApiCore } from '@quarterdeck/apiserver'
import type { ChangeEvent, WatchCache } from '@quarterdeck/storage'

import { columnsOf } from '../kinds/columns.ts'
import { filterOf, viewKey, type Query } from './query.ts'
import { Row } from './row.ts'
import { View } from './view.ts'

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
  #stop: (() => void) | undefined
  #isClosed = false

  private constructor(core: ApiCore, kind: Kind) {
    this.#core = core
    this.kind = kind
  }

  static async open(core: ApiCore, kind: Kind): Promise<LiveKind> {
    const live = new LiveKind(core, kind)
    await live.#load()
    return live
  }

  get size(): number {
    return this.#rows.size
  }

  get isWatched(): boolean {
    return this.#everything.isWatched || [...this.#views.values()].some((view) => view.isWatched)
  }

  rows(): Iterable<Row> {
    return this.#rows.values()
  }

  get(namespace: string, name: string): Row | undefined {
    return this.#rows.get(`${namespace}/${name}`)
  }

  /** Told after every change of any object of the kind. */
  listen(listener: () => void): () => void {
    return this.#everything.listen(listener)
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
    this.#rows.clear()
    for (const stored of cache.list()) this.#rows.set(`${stored.key.namespace}/${stored.key.name}`, new Row(this.kind, stored))
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
    for (const { type, current } of events) {
      const key = `${current.key.namespace}/${current.key.name}`
      const before = this.#rows.get(key)
      const after = type === 'deleted' ? undefined : new Row(this.kind, current)
      if (after) this.#rows.set(key, after)
      else this.#rows.delete(key)
      if (!refills) for (const view of views) if (view.replace(before, after)) changed.add(view)
    }
    if (refills) this.#refill()
    else for (const view of changed) view.announce()
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
