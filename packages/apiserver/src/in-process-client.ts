import type { Kind } from '@quarterdeck/api'
import { ApiError, type Draft, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  PatchOptions,
  UpdateOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '@quarterdeck/client'

import type { ApiServer } from './api-server.ts'
import { servedObject } from './api-core.ts'
import type { User } from './auth/user.ts'
import { decodeRequestObject } from './decode-request.ts'
import type { ApiRequest } from './request.ts'
import type { WriteResult } from './verbs/commit-plan.ts'
import { create } from './verbs/create.ts'
import { deleteCollection } from './verbs/delete-collection.ts'
import { remove } from './verbs/delete.ts'
import { find, get } from './verbs/get.ts'
import { list } from './verbs/list.ts'
import { patch } from './verbs/patch.ts'
import { update } from './verbs/update.ts'
import { bookmarkOf, watch } from './verbs/watch.ts'

/** Events a watch may hold for a consumer that is slower than the cluster; past it the watch fails and is begun anew. */
const maxBufferedEvents = 200_000

/** The Client that calls this process's own API core as `user`. Same pipeline as REST, without sockets. */
export function createInProcessClient(server: ApiServer, user: User, clientName: string): Client {
  const { core } = server

  function requestOf(kind: Kind, key: Partial<ObjectKey>, options: UpdateOptions = {}): ApiRequest {
    return {
      user,
      client: options.fieldManager ?? clientName,
      kind,
      namespace: key.namespace ?? '',
      name: key.name ?? '',
      subresource: options.subresource ?? '',
      dryRun: options.dryRun ?? false,
      fieldValidation: 'Strict',
      warnings: [],
    }
  }

  function result<T extends KubeObject>(kind: Kind, written: WriteResult): T {
    return ('stored' in written ? servedObject(kind, written.stored) : written.dryRun) as T
  }

  /** What the cache has of the object that a request names, if anything. */
  async function cached(request: ApiRequest): Promise<KubeObject | undefined> {
    const stored = (await core.cacheOf(request.kind)).get(request.namespace, request.name)
    return stored && servedObject(request.kind, stored)
  }

  return {
    async get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey) {
      const request = requestOf(kind, key)
      return servedObject(request.kind, await get(core, request)) as T
    },
    async list<T extends KubeObject>(kind: Kind<T>, options: ListOptions = {}) {
      const request = requestOf(kind, { namespace: options.namespace ?? '' })
      const found = await list(core, request, options)
      return {
        items: found.items.map((stored) => servedObject(request.kind, stored) as T),
        metadata: {
          resourceVersion: String(found.revision),
          ...(found.continue ? { continue: found.continue } : {}),
          ...(found.remaining === undefined ? {} : { remainingItemCount: found.remaining }),
        },
      }
    },
    watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions) {
      return watchEvents<T>(server, requestOf(kind, { namespace: options.namespace ?? '' }), options)
    },
    async create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}) {
      const request = requestOf(kind, { namespace: object.metadata.namespace ?? '' }, options)
      return result<T>(request.kind, await create(core, request, decodeRequestObject(object, request)))
    },
    async update<T extends KubeObject>(kind: Kind<T>, object: T, options: UpdateOptions = {}) {
      const request = requestOf(kind, { namespace: object.metadata.namespace ?? '', name: object.metadata.name }, options)
      const body = decodeRequestObject(object, request, { known: await cached(request) })
      return result<T>(
        request.kind,
        options.subresource === 'finalize' ? await server.finalize(request, body) : await update(core, request, body),
      )
    },
    async patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, body: unknown, options: PatchOptions) {
      const request = requestOf(kind, key, options)
      if (options.subresource === 'scale') {
        await server.patchScale(request, body, options.type)
        return servedObject(request.kind, await find(core, request)) as T
      }
      return result<T>(request.kind, await patch(core, request, body, options.type))
    },
    async delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: DeleteOptions = {}) {
      const request = requestOf(kind, key, options)
      const removed = await remove(core, request, options)
      if ('gone' in removed) return undefined
      return ('object' in removed.pending ? servedObject(request.kind, removed.pending) : removed.pending) as T
    },
    async deleteCollection<T extends KubeObject>(kind: Kind<T>, options: ListOptions & DeleteOptions) {
      await deleteCollection(core, requestOf(kind, { namespace: options.namespace ?? '' }, options), options)
    },
    createSubresource: <T extends KubeObject>(kind: Kind<T>, key: ObjectKey, subresource: string, body: unknown) =>
      server.createSubresource(requestOf(kind, key, { subresource }), body),
  }
}

async function* watchEvents<T extends KubeObject>(
  server: ApiServer,
  request: ApiRequest,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>> {
  const { signal, ...rest } = options
  let buffer: WatchEvent<T>[] = []
  let ended: { error: Error | undefined } | undefined
  let wake = (): void => {}
  const onAbort = (): void => {
    ended ??= { error: undefined }
    wake()
  }
  if (signal.aborted) return
  signal.addEventListener('abort', onAbort, { once: true })
  const resourceVersionMatch = rest.sendInitialEvents === undefined ? {} : { resourceVersionMatch: 'NotOlderThan' }
  const stop = await watch(
    server.core,
    request,
    { ...rest, ...resourceVersionMatch },
    {
      onEvents(events) {
        for (const event of events) {
          buffer.push(
            (event.type === 'BOOKMARK'
              ? { type: 'BOOKMARK', object: bookmarkOf(request, event) }
              : { type: event.type, object: servedObject(request.kind, event.stored) }) as WatchEvent<T>,
          )
        }
        if (buffer.length > maxBufferedEvents)
          ended ??= { error: new ApiError('Expired', 'the consumer of this watch fell too far behind') }
        wake()
      },
      onEnd(error) {
        ended ??= { error }
        wake()
      },
    },
  )
  try {
    for (;;) {
      const batch = buffer
      buffer = []
      for (const event of batch) yield event
      if (buffer.length > 0) continue
      if (ended) {
        if (ended.error) throw ended.error
        return
      }
      await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    stop()
  }
}
