import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { WatchOptions } from '@quarterdeck/client'
import type { ChangeEvent, StoredObject, WatchCache } from '@quarterdeck/storage'

import { servedJson, servedObject, type ApiCore } from '../api-core.ts'
import type { ApiRequest } from '../request.ts'
import { checkWatchOptions } from './check-list-options.ts'
import { parseSelection } from './selection.ts'

export type ObjectEventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** One event of a watch. `bookmark` carries only a revision. */
export type ServedEvent =
  | { type: ObjectEventType; stored: StoredObject }
  | { type: 'BOOKMARK'; revision: number; endsInitialEvents: boolean }

export interface WatchSink {
  /** What the watch begins with; without it that comes as events, too. */
  onState?(events: readonly ServedEvent[]): void
  onEvents(events: readonly ServedEvent[]): void
  onEnd(error: Error | undefined): void
}

export interface WatchRequestOptions extends Omit<WatchOptions, 'signal'> {
  resourceVersionMatch?: string
}

/**
 * Sends every event of a collection after a revision, in order, each once; the state at that time first where no
 * revision is given. Resolves with the function that ends the watch. Throws Expired for a compacted revision.
 */
export async function watch(core: ApiCore, request: ApiRequest, options: WatchRequestOptions, sink: WatchSink): Promise<() => void> {
  const { kind, namespace } = request
  const selection = parseSelection(kind, options.labelSelector, options.fieldSelector)
  const { resourceVersion = '', sendInitialEvents, allowWatchBookmarks } = options
  checkWatchOptions(options)
  const startsWithState = sendInitialEvents ?? (resourceVersion === '' || resourceVersion === '0')
  const cache = startsWithState ? await stateCache(core, request, resourceVersion) : await core.cacheOf(kind)
  const matches = (stored: StoredObject): boolean =>
    (!namespace || stored.key.namespace === namespace) && selection.matches(servedObject(kind, stored))
  let from = Number(resourceVersion || '0')
  if (startsWithState) {
    from = cache.revision
    const state: ServedEvent[] = cache
      .list(namespace || undefined)
      .filter(matches)
      .map((stored) => ({ type: 'ADDED', stored }))
    if (sendInitialEvents && allowWatchBookmarks) state.push({ type: 'BOOKMARK', revision: from, endsInitialEvents: true })
    if (sink.onState) sink.onState(state)
    else sink.onEvents(state)
  } else if (from > cache.revision) await cache.waitFor(from)
  return cache.subscribe(from, {
    onEvents(events) {
      const served = events.map((event) => serve(event, matches)).filter((event) => event !== undefined)
      if (served.length > 0) sink.onEvents(served)
    },
    ...(allowWatchBookmarks
      ? { onProgress: (revision: number) => sink.onEvents([{ type: 'BOOKMARK', revision, endsInitialEvents: false }]) }
      : {}),
    onEnd: (error) => sink.onEnd(error),
  })
}

async function stateCache(core: ApiCore, request: ApiRequest, resourceVersion: string): Promise<WatchCache> {
  if (resourceVersion === '') return core.freshCacheOf(request.kind)
  const cache = await core.cacheOf(request.kind)
  await cache.waitFor(Number(resourceVersion))
  return cache
}

/** What a change means to a watcher that sees only what `matches`: objects come and go as they begin and cease to match. */
function serve(event: ChangeEvent, matches: (stored: StoredObject) => boolean): ServedEvent | undefined {
  const did = event.previous !== undefined && matches(event.previous)
  if (event.type === 'deleted')
    return did || (!event.previous && matches(event.current)) ? { type: 'DELETED', stored: event.current } : undefined
  const does = matches(event.current)
  if (does) return { type: did ? 'MODIFIED' : 'ADDED', stored: event.current }
  return did ? { type: 'DELETED', stored: event.current } : undefined
}

const frames = new WeakMap<StoredObject, Partial<Record<ObjectEventType, Buffer>>>()

/** The event as the line that watches send, made once for all of them. */
export function frameOf(kind: Kind, event: ServedEvent): Buffer {
  if (event.type === 'BOOKMARK') return Buffer.from(`{"type":"BOOKMARK","object":${JSON.stringify(bookmarkOf(kind, event))}}\n`)
  const frame = (): Buffer => Buffer.from(`{"type":"${event.type}","object":${servedJson(kind, event.stored)}}\n`)
  if (kind.storedAs) return frame()
  let byType = frames.get(event.stored)
  if (!byType) frames.set(event.stored, (byType = {}))
  return (byType[event.type] ??= frame())
}

export function bookmarkOf(
  kind: Kind,
  event: ServedEvent & { type: 'BOOKMARK' },
): Pick<KubeObject, 'apiVersion' | 'kind'> & { metadata: object } {
  return {
    kind: kind.kind,
    apiVersion: kind.apiVersion,
    metadata: {
      resourceVersion: String(event.revision),
      creationTimestamp: null,
      ...(event.endsInitialEvents ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    },
  }
}
