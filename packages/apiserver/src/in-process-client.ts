import type { Kind, Verb } from '@quarterdeck/api'
import { ApiError, internalError, type Draft, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  PatchOptions,
  PatchType,
  UpdateOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '@quarterdeck/client'

import type { ApiServer } from './api-server.ts'
import { servedObject } from './api-core.ts'
import type { User } from './auth/user.ts'
import type { Answer, CallOptions } from './endpoints/endpoint.ts'
import { perform } from './endpoints/perform.ts'
import type { ApiRequest } from './request.ts'
import type { ListResult } from './verbs/list.ts'
import { bookmarkOf } from './verbs/watch.ts'

/** Events a watch may hold for a consumer that is slower than the cluster; past it the watch fails and is begun anew. */
const maxBufferedEvents = 200_000

interface Asked {
  options?: CallOptions & { signal?: AbortSignal | undefined }
  body?: unknown
  patchType?: PatchType
}

/** The Client that calls this process's own API core as `user`. Same pipeline as REST, without sockets. */
export function createInProcessClient(server: ApiServer, user: User, clientName: string): Client {
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

  function ask(verb: Verb, request: ApiRequest, { options = {}, body, patchType = 'merge' }: Asked = {}): Promise<Answer> {
    const { signal, ...rest } = options
    const given = body === undefined ? undefined : { value: body, duplicateKeys: [], patchType }
    return perform(verb, { server, request, options: rest, body: () => Promise.resolve(given), ...(signal ? { signal } : {}) })
  }

  return {
    async get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey) {
      return valueOf(kind, await ask('get', requestOf(kind, key))) as T
    },
    async list<T extends KubeObject>(kind: Kind<T>, { namespace = '', ...options }: ListOptions = {}) {
      const request = requestOf(kind, { namespace })
      const found = listOf(await ask('list', request, { options }))
      return {
        items: found.items.map((stored) => servedObject(request.kind, stored) as T),
        metadata: {
          resourceVersion: String(found.revision),
          ...(found.continue ? { continue: found.continue } : {}),
          ...(found.remaining === undefined ? {} : { remainingItemCount: found.remaining }),
        },
      }
    },
    watch<T extends KubeObject>(kind: Kind<T>, { namespace = '', ...options }: WatchOptions) {
      const request = requestOf(kind, { namespace })
      const match = options.sendInitialEvents === undefined ? {} : { resourceVersionMatch: 'NotOlderThan' }
      return watchEvents<T>(kind, options.signal, () => ask('watch', request, { options: { ...options, ...match } }))
    },
    async create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}) {
      const request = requestOf(kind, { namespace: object.metadata.namespace ?? '' }, options)
      return valueOf(kind, await ask('create', request, { body: object })) as T
    },
    async update<T extends KubeObject>(kind: Kind<T>, object: T, options: UpdateOptions = {}) {
      const request = requestOf(kind, { namespace: object.metadata.namespace ?? '', name: object.metadata.name }, options)
      return valueOf(kind, await ask('update', request, { body: object })) as T
    },
    async patch<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, body: unknown, options: PatchOptions) {
      return valueOf(kind, await ask('patch', requestOf(kind, key, options), { body, patchType: options.type })) as T
    },
    async delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, options: DeleteOptions = {}) {
      const answer = await ask('delete', requestOf(kind, key, options), { options })
      return answer.type === 'value' ? undefined : (valueOf(kind, answer) as T)
    },
    async deleteCollection<T extends KubeObject>(kind: Kind<T>, { namespace = '', ...options }: ListOptions & DeleteOptions) {
      await ask('deletecollection', requestOf(kind, { namespace }, options), { options })
    },
    async getSubresource<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, subresource: string, parameters = {}) {
      const options = { parameters: new URLSearchParams(parameters) }
      return valueOf(kind, await ask('get', requestOf(kind, key, { subresource }), { options }))
    },
    async createSubresource<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, subresource: string, body: unknown) {
      return valueOf(kind, await ask('create', requestOf(kind, key, { subresource }), { body }))
    },
  }
}

/** What a caller in this process is given: the object itself, which it shares with the cache. */
function valueOf(kind: Kind, answer: Answer): unknown {
  switch (answer.type) {
    case 'object':
      return servedObject(kind, answer.stored)
    case 'unstored':
      return answer.object
    case 'value':
      return answer.value
    case 'json':
      return JSON.parse(answer.text)
    default:
      throw internalError(`an answer of type ${answer.type} holds no value`)
  }
}

function listOf(answer: Answer): ListResult {
  if (answer.type !== 'list') throw internalError(`an answer of type ${answer.type} is no list`)
  return answer.list
}

async function* watchEvents<T extends KubeObject>(
  kind: Kind,
  signal: AbortSignal,
  open: () => Promise<Answer>,
): AsyncGenerator<WatchEvent<T>> {
  let buffer: WatchEvent<T>[] = []
  let ended: { error: Error | undefined } | undefined
  let wake = (): void => {}
  const onAbort = (): void => {
    ended ??= { error: undefined }
    wake()
  }
  if (signal.aborted) return
  signal.addEventListener('abort', onAbort, { once: true })
  const answer = await open()
  if (answer.type !== 'watch') throw internalError(`an answer of type ${answer.type} is no watch`)
  const stop = await answer.open({
    onEvents(events) {
      for (const event of events) {
        buffer.push(
          (event.type === 'BOOKMARK'
            ? { type: 'BOOKMARK', object: bookmarkOf(kind, event) }
            : { type: event.type, object: servedObject(kind, event.stored) }) as WatchEvent<T>,
        )
      }
      if (buffer.length > maxBufferedEvents) ended ??= { error: new ApiError('Expired', 'the consumer of this watch fell too far behind') }
      wake()
    },
    onEnd(error) {
      ended ??= { error }
      wake()
    },
  })
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
