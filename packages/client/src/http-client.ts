import type { Kind } from '@quarterdeck/api'
import { ApiError, unavailable, type Draft, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import { Agent, type Dispatcher } from 'undici'

import type {
  Client,
  DeleteOptions,
  List,
  ListOptions,
  PatchOptions,
  PatchType,
  UpdateOptions,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './client.ts'

export interface HttpClientOptions {
  /** `https://host:6443`. */
  url: string
  caPem?: string
  /** A client certificate, or a token that is asked for at every request. */
  certificatePem?: string
  keyPem?: string
  token?: () => string
  userAgent: string
}

const patchMediaTypes: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
}

const maxRequestConnections = 64
const requestTimeoutMs = 60_000
/** The server sends a bookmark or closes a watch well within this. */
const watchSilenceMs = 10 * 60_000

interface SendOptions {
  body?: { json: unknown; mediaType?: string } | undefined
  signal?: AbortSignal | undefined
  dispatcher?: Dispatcher
}

/** The Client that speaks REST. `close` ends its connections at once, with whatever is under way on them. */
export function createHttpClient(options: HttpClientOptions): Client & { close(): Promise<void> } {
  const connect = { ca: options.caPem, cert: options.certificatePem, key: options.keyPem }
  const timeouts = { headersTimeout: requestTimeoutMs, bodyTimeout: watchSilenceMs }
  const requests = new Agent({ connections: maxRequestConnections, connect, ...timeouts })
  // A watch keeps its connection for itself: any number of them must not keep requests waiting.
  const watches = new Agent({ connect, ...timeouts })

  async function send(
    method: Dispatcher.HttpMethod,
    path: string,
    { body, signal, dispatcher = requests }: SendOptions,
  ): Promise<Dispatcher.ResponseData> {
    let response: Dispatcher.ResponseData
    try {
      response = await dispatcher.request({
        origin: options.url,
        path,
        method,
        signal: signal ?? null,
        headers: {
          accept: 'application/json',
          'user-agent': options.userAgent,
          ...(body ? { 'content-type': body.mediaType ?? 'application/json' } : {}),
          ...(options.token ? { authorization: `Bearer ${options.token()}` } : {}),
        },
        body: body ? JSON.stringify(body.json) : null,
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw unavailable(`the API server at ${options.url} could not be reached: ${(error as Error).message}`)
    }
    if (response.statusCode >= 400) throw await failureOf(response)
    return response
  }

  async function call<T>(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: { json: unknown; mediaType?: string },
    signal?: AbortSignal,
  ): Promise<T> {
    const response = await send(method, path, { body, signal })
    try {
      return (await response.body.json()) as T
    } catch (error) {
      throw unavailable(`the answer of the API server broke off: ${(error as Error).message}`)
    }
  }

  return {
    get: (kind, key) => call('GET', pathOf(kind, key)),
    list: <T extends KubeObject>(kind: Kind<T>, { signal, ...list }: ListOptions = {}) =>
      call<List<T>>('GET', collectionPath(kind, list.namespace) + queryOf(list), undefined, signal),
    watch: <T extends KubeObject>(kind: Kind<T>, watch: WatchOptions) =>
      watchLines<T>(kind, watch, (path, signal) => send('GET', path, { signal, dispatcher: watches })),
    create: <T extends KubeObject>(kind: Kind<T>, object: Draft<T>, write: WriteOptions = {}) =>
      call<T>('POST', collectionPath(kind, object.metadata.namespace) + queryOf(writeQuery(write)), {
        json: { ...object, apiVersion: kind.apiVersion, kind: kind.kind },
      }),
    update: <T extends KubeObject>(kind: Kind<T>, object: T, update: UpdateOptions = {}) =>
      call<T>(
        'PUT',
        pathOf(kind, { namespace: object.metadata.namespace ?? '', name: object.metadata.name }, update.subresource) +
          queryOf(writeQuery(update)),
        { json: object },
      ),
    patch: <T extends KubeObject>(kind: Kind<T>, key: ObjectKey, patch: unknown, { type, ...update }: PatchOptions) =>
      call<T>('PATCH', pathOf(kind, key, update.subresource) + queryOf(writeQuery(update)), {
        json: patch,
        mediaType: patchMediaTypes[type],
      }),
    async delete<T extends KubeObject>(kind: Kind<T>, key: ObjectKey, deletion: DeleteOptions = {}) {
      const answer = await call<{ kind?: string }>('DELETE', pathOf(kind, key), { json: deleteBody(deletion) })
      return answer.kind === 'Status' ? undefined : (answer as T)
    },
    async deleteCollection<T extends KubeObject>(kind: Kind<T>, deletion: ListOptions & DeleteOptions) {
      const { gracePeriodSeconds: _g, propagationPolicy: _p, preconditions: _c, dryRun: _d, fieldManager: _f, signal, ...list } = deletion
      await call('DELETE', collectionPath(kind, list.namespace) + queryOf(list), { json: deleteBody(deletion) }, signal)
    },
    getSubresource: (kind, key, subresource, parameters = {}) => call('GET', pathOf(kind, key, subresource) + queryOf(parameters)),
    createSubresource: (kind, key, subresource, body) => call('POST', pathOf(kind, key, subresource), { json: body }),
    // What is still open has nobody waiting for it: the callers that matter have been answered before.
    close: async () => void (await Promise.all([requests.destroy(), watches.destroy()])),
  }
}

function collectionPath(kind: Kind, namespace: string | undefined): string {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`
  return namespace && kind.scope === 'Namespaced'
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`
    : `${root}/${kind.plural}`
}

function pathOf(kind: Kind, key: ObjectKey, subresource = ''): string {
  return `${collectionPath(kind, key.namespace)}/${encodeURIComponent(key.name)}${subresource ? `/${subresource}` : ''}`
}

/** Everything but the namespace, which is in the path. */
function queryOf(options: object): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(options))
    if (name !== 'namespace' && value !== undefined && value !== '') query.set(name, String(value))
  const text = query.toString()
  return text ? `?${text}` : ''
}

function writeQuery({ dryRun, fieldManager }: WriteOptions): object {
  return { ...(dryRun ? { dryRun: 'All' } : {}), ...(fieldManager ? { fieldManager } : {}), fieldValidation: 'Strict' }
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions, dryRun }: DeleteOptions): unknown {
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    gracePeriodSeconds,
    propagationPolicy,
    preconditions,
    ...(dryRun ? { dryRun: ['All'] } : {}),
  }
}

async function failureOf({ statusCode, body }: Dispatcher.ResponseData): Promise<ApiError> {
  const text = await body.text().catch(() => '')
  try {
    return ApiError.fromStatus({ code: statusCode, ...(JSON.parse(text) as object) })
  } catch {
    return ApiError.fromStatus({ code: statusCode, message: text.slice(0, 500) || `the API server answered with HTTP ${statusCode}` })
  }
}

type OpenWatch = (path: string, signal: AbortSignal) => Promise<Dispatcher.ResponseData>

async function* watchLines<T extends KubeObject>(
  kind: Kind<T>,
  { signal, ...options }: WatchOptions,
  open: OpenWatch,
): AsyncGenerator<WatchEvent<T>> {
  const match = options.sendInitialEvents === undefined ? {} : { resourceVersionMatch: 'NotOlderThan' }
  const path = collectionPath(kind, options.namespace) + queryOf({ ...options, ...match, watch: 'true' })
  try {
    const { body } = await open(path, signal)
    let rest = ''
    body.setEncoding('utf8')
    for await (const chunk of body as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line) yield eventOf<T>(line)
    }
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof ApiError ? error : unavailable(`the watch broke off: ${(error as Error).message}`)
  }
}

function eventOf<T>(line: string): WatchEvent<T> {
  const event = JSON.parse(line) as WatchEvent<T> | { type: 'ERROR'; object: Parameters<typeof ApiError.fromStatus>[0] }
  if (event.type === 'ERROR') throw ApiError.fromStatus(event.object)
  return event
}
