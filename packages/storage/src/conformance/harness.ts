import { test } from 'node:test'
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { WindowLimits } from '../event-ring.ts'
import type {
  CacheSubscriber,
  ChangeEvent,
  CreateWrite,
  DeleteWrite,
  ObjectStore,
  StoredObject,
  UpdateWrite,
  WatchCache,
} from '../store.ts'

/** An empty store and what the tests need around it. */
export interface Harness {
  store: ObjectStore
  /** Another store on the same data, as another process would open it; absent where there can be none. */
  openAnother?: () => Promise<ObjectStore>
  close(): Promise<void>
}

/** `window` bounds what caches remember, so that tests can have watches read the log. */
export type OpenStore = (options: { window?: WindowLimits }) => Promise<Harness>

/** A window so small that nearly every resumed watch begins in the log. */
export const tinyWindow: WindowLimits = { maxEvents: 3, maxBytes: 1_000_000 }

/** A test with a store of its own. */
export function storeTest(open: OpenStore, name: string, run: (harness: Harness) => Promise<void>, window?: WindowLimits): void {
  test(name, async () => {
    const harness = await open(window ? { window } : {})
    try {
      await run(harness)
    } finally {
      await harness.close()
    }
  })
}

const author = { actor: 'alice', client: 'conformance' }

export interface Sample extends KubeObject {
  data: Record<string, string>
}

export interface SampleOptions {
  resource?: string
  namespace?: string
  keepsHistory?: boolean
  data?: Record<string, string>
}

export function createOf(name: string, options: SampleOptions = {}): CreateWrite & { object: Sample } {
  const { resource = 'configmaps', namespace = 'default', keepsHistory = true, data = {} } = options
  const uid = randomUUID()
  const metadata = { name, namespace, uid, resourceVersion: '', creationTimestamp: '2026-01-01T00:00:00Z' }
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }
  return { type: 'create', key: { resource, namespace, name }, uid, author, keepsHistory, object }
}

export function updateOf(stored: StoredObject, data: Record<string, string>, keepsHistory = true): UpdateWrite {
  const object = { ...stored.object, data }
  return { type: 'update', key: stored.key, author, keepsHistory, expectedRevision: stored.revision, object }
}

export function deleteOf(stored: StoredObject, keepsHistory = true): DeleteWrite {
  return { type: 'delete', key: stored.key, author, keepsHistory, expectedRevision: stored.revision, object: stored.object }
}

/** What a watcher saw, one line an event: `updated 7 configmaps/default/a`. */
export function eventLine(event: ChangeEvent): string {
  const { key } = event.current
  return `${event.type} ${event.revision} ${key.resource}/${key.namespace}/${key.name}`
}

/** A subscriber that keeps all it is told. */
export class Recorder implements CacheSubscriber {
  readonly batches: ChangeEvent[][] = []
  readonly progress: number[] = []
  ended: { error: Error | undefined } | undefined
  #stop: () => void = () => {}

  static async on(cache: WatchCache, revision: number): Promise<Recorder> {
    const recorder = new Recorder()
    recorder.#stop = await cache.subscribe(revision, recorder)
    return recorder
  }

  get events(): ChangeEvent[] {
    return this.batches.flat()
  }

  get lines(): string[] {
    return this.events.map(eventLine)
  }

  stop(): void {
    this.#stop()
  }

  onEvents(events: readonly ChangeEvent[]): void {
    this.batches.push([...events])
  }

  onProgress(revision: number): void {
    this.progress.push(revision)
  }

  onEnd(error: Error | undefined): void {
    this.ended = { error }
  }

  /** Resolves once the event of this revision, or a later one, has come. */
  async until(revision: number): Promise<void> {
    await eventually(() => (this.events.at(-1)?.revision ?? 0) >= revision || this.ended !== undefined, `event ${revision}`)
  }
}

const patienceMs = 20_000

/** Waits for a condition, whatever brings it about. */
export async function eventually(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = performance.now() + patienceMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`still waiting for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** `from`, `from + 1`, … `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index)
}
