import { ApiError, unavailable } from '@quarterdeck/api-machinery'
import type { CacheSubscriber, ChangeEvent, ChangeType, WatchCache } from './store.ts'
import { EventRing, type WindowLimits } from './event-ring.ts'
import { SortedObjects } from './sorted-objects.ts'
import type { Stored } from './stored-object.ts'
import { Subscription } from './subscription.ts'

/** One change as the store feeds it; the cache knows the value before it. */
export interface CacheChange {
  type: ChangeType
  current: Stored
}

/** Events of one resource out of the log; `upTo` is the revision to which they are complete. */
export interface LogPage {
  events: ChangeEvent[]
  upTo: number
}

/** Reads the events after `after`, at most to `upTo`, oldest first, a bounded number of them. Throws Expired if `after` is compacted. */
export type LogReader = (range: { resource: string; after: number; upTo: number }) => Promise<LogPage>

const defaultWaitMs = 3000

export interface CacheOptions {
  window: WindowLimits
  readLog: LogReader
  /** Whether the text of cached objects is kept: it takes as much memory as the objects, and only who serves JSON reads it. */
  keepsText?: boolean
}

interface Waiter {
  revision: number
  settle: (error?: Error) => void
}

/** The WatchCache that every store shares. The store feeds it in revision order through `apply`. */
export class ResourceCache implements WatchCache {
  readonly resource: string
  readonly #window: WindowLimits
  readonly #readLog: LogReader
  readonly #keepsText: boolean
  readonly #namespaces = new Map<string, SortedObjects>()
  readonly #subscriptions = new Set<Subscription>()
  readonly #waiters = new Set<Waiter>()
  #ring: EventRing
  #revision = 0
  #announced = 0
  #all: readonly Stored[] | undefined
  /** What was fed while the state is being read; undefined once there is one. */
  #fedMeanwhile: { changes: readonly CacheChange[]; revision: number }[] | undefined = []

  constructor(resource: string, { window, readLog, keepsText = true }: CacheOptions) {
    this.resource = resource
    this.#window = window
    this.#readLog = readLog
    this.#keepsText = keepsText
    this.#ring = new EventRing(window, 0)
  }

  get revision(): number {
    return this.#revision
  }

  get size(): number {
    let size = 0
    for (const objects of this.#namespaces.values()) size += objects.size
    return size
  }

  get(namespace: string, name: string): Stored | undefined {
    return this.#namespaces.get(namespace)?.get(name)
  }

  list(namespace?: string): readonly Stored[] {
    if (namespace !== undefined) return this.#namespaces.get(namespace)?.list() ?? []
    this.#all ??= this.#listAll()
    return this.#all
  }

  listAt(revision: number, namespace?: string): readonly Stored[] | undefined {
    if (revision < this.#ring.floor) return undefined
    /** What each object that changed since was then. */
    const then = new Map<string, Stored | undefined>()
    for (const { current, previous } of this.#ring.after(revision)) {
      const { key } = current
      if (namespace !== undefined && key.namespace !== namespace) continue
      const id = `${key.namespace}/${key.name}`
      if (!then.has(id)) then.set(id, previous as Stored | undefined)
    }
    const now = this.list(namespace)
    if (then.size === 0) return now
    const unchanged = now.filter(({ key }) => !then.has(`${key.namespace}/${key.name}`))
    return [...unchanged, ...[...then.values()].filter((object) => object !== undefined)].toSorted(inOrder)
  }

  /** Keeps what is fed from now on until `load`. Readers have the old state meanwhile; subscribers lose their place. */
  beginLoad(lost: Error): void {
    this.#fedMeanwhile = []
    for (const subscription of this.#subscriptions) subscription.end(lost)
  }

  /** Replaces everything with the state at `revision`, then takes what was fed since. */
  load(objects: readonly Stored[], revision: number): void {
    this.#namespaces.clear()
    this.#all = undefined
    const ordered = objects.toSorted((a, b) => (a.key.name < b.key.name ? -1 : 1))
    for (const object of ordered) {
      this.#objectsIn(object.key.namespace).set(object)
      if (!this.#keepsText) object.forgetText()
    }
    this.#ring = new EventRing(this.#window, revision)
    this.#announced = revision
    this.#reach(revision)
    const meanwhile = this.#fedMeanwhile ?? []
    this.#fedMeanwhile = undefined
    for (const batch of meanwhile) this.apply(batch.changes, batch.revision)
  }

  /** Takes the changes of one batch, and that every change of the store up to `revision` has now been fed. */
  apply(changes: readonly CacheChange[], revision: number): void {
    if (this.#fedMeanwhile) {
      this.#fedMeanwhile.push({ changes, revision })
      return
    }
    if (revision <= this.#revision) return
    const events: ChangeEvent[] = []
    for (const change of changes) if (change.current.revision > this.#revision) events.push(this.#put(change))
    this.#reach(revision)
    if (events.length === 0) return
    this.#announced = revision
    for (const subscription of this.#subscriptions) if (subscription.isLive) subscription.deliver(events, revision)
  }

  /** Tells the live subscribers how far the cache is, if it moved without an event. The store calls it once a second. */
  announceProgress(): void {
    if (this.#announced === this.#revision) return
    this.#announced = this.#revision
    for (const subscription of this.#subscriptions) subscription.progress(this.#revision)
  }

  waitFor(revision: number, timeoutMs: number = defaultWaitMs): Promise<void> {
    if (revision <= this.#revision) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter)
        reject(tooLarge(revision, this.#revision))
      }, timeoutMs)
      const waiter: Waiter = {
        revision,
        settle: (error) => {
          clearTimeout(timer)
          if (error) reject(error)
          else resolve()
        },
      }
      this.#waiters.add(waiter)
    })
  }

  async subscribe(revision: number, subscriber: CacheSubscriber): Promise<() => void> {
    await this.waitFor(revision)
    const subscription = new Subscription(subscriber, revision, (ended) => this.#subscriptions.delete(ended))
    this.#subscriptions.add(subscription)
    let first: LogPage | undefined
    try {
      first = await this.#logPage(revision)
    } catch (error) {
      subscription.cancel()
      throw error
    }
    setImmediate(() => {
      if (first) subscription.deliver(first.events, first.upTo)
      void this.#catchUp(subscription)
    })
    return () => subscription.cancel()
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.end(undefined)
    for (const waiter of this.#waiters) waiter.settle(unavailable('the store is closed'))
    this.#waiters.clear()
  }

  /** Reads the log until memory can take over, then goes live in the same turn, so that nothing falls between. */
  async #catchUp(subscription: Subscription): Promise<void> {
    try {
      for (;;) {
        if (subscription.hasEnded) return
        const page = await this.#logPage(subscription.position)
        if (!page) break
        subscription.deliver(page.events, page.upTo)
      }
    } catch (error) {
      subscription.end(error instanceof Error ? error : new Error(String(error)))
      return
    }
    subscription.isLive = true
    subscription.deliver(this.#ring.after(subscription.position), Math.max(this.#revision, subscription.position))
  }

  async #logPage(after: number): Promise<LogPage | undefined> {
    const upTo = this.#ring.floor
    return after < upTo ? this.#readLog({ resource: this.resource, after, upTo }) : undefined
  }

  #put({ type, current }: CacheChange): ChangeEvent {
    const { namespace, name } = current.key
    const objects = this.#objectsIn(namespace)
    const previous = objects.get(name)
    if (type === 'deleted') objects.delete(name)
    else objects.set(current)
    if (objects.size === 0) this.#namespaces.delete(namespace)
    this.#all = undefined
    const event: ChangeEvent = { type, revision: current.revision, current, previous }
    this.#ring.push(event, this.#window.maxBytes === Infinity ? 0 : current.length)
    if (!this.#keepsText) current.forgetText()
    return event
  }

  #reach(revision: number): void {
    this.#revision = revision
    for (const waiter of this.#waiters) {
      if (waiter.revision > revision) continue
      this.#waiters.delete(waiter)
      waiter.settle()
    }
  }

  #objectsIn(namespace: string): SortedObjects {
    let objects = this.#namespaces.get(namespace)
    if (!objects) this.#namespaces.set(namespace, (objects = new SortedObjects()))
    return objects
  }

  #listAll(): readonly Stored[] {
    const [only, ...others] = this.#namespaces.values()
    if (others.length === 0) return only?.list() ?? []
    const lists = [...this.#namespaces.keys()].toSorted().map((namespace) => this.#objectsIn(namespace).list())
    return new Array<Stored>().concat(...lists)
  }
}

function inOrder({ key: a }: Stored, { key: b }: Stored): number {
  if (a.namespace !== b.namespace) return a.namespace < b.namespace ? -1 : 1
  return a.name < b.name ? -1 : 1
}

/** As Kubernetes words it; clients recognise the cause and try again. */
function tooLarge(revision: number, current: number): ApiError {
  return new ApiError('Timeout', `Timeout: Too large resource version: ${revision}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })
}
