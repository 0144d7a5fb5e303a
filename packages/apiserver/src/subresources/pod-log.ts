import type { Readable } from 'node:stream'

import { pods, type Pod } from '@quarterdeck/api'
import { ApiError, badRequest, unavailable } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'
import { checkLogOptions } from './check-log-options.ts'

/** Asks the agent of a node. Rejects with ServiceUnavailable when the node is not connected. */
export interface NodeConnections {
  request(
    nodeName: string,
    options: { method: string; path: string; headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<{ status: number; headers: Record<string, unknown>; body: Readable }>
}

const forwardedParameters = ['follow', 'previous', 'timestamps', 'sinceSeconds', 'sinceTime', 'tailLines', 'limitBytes', 'stream']

/** Streams a container's log from the node it runs on. */
export const podLog: Subresource = {
  name: 'log',
  isOf: (kind) => kind.resource === pods.resource,
  endpoints: {
    async get({ server, request, options, signal }) {
      const query = options.parameters ?? new URLSearchParams()
      const stream = await openPodLog(server.core, server.nodes, request, query, signal ?? new AbortController().signal)
      return { type: 'text', stream }
    },
  },
}

/** Opens the log of one container as a stream of bytes. The caller has authorized the request. */
export async function openPodLog(
  core: ApiCore,
  nodes: NodeConnections,
  request: ApiRequest,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<Readable> {
  checkLogOptions(query, request.name)
  const pod = (await find(core, { ...request, subresource: '' })).object as Pod
  const container = containerOf(pod, query.get('container') ?? '')
  const { nodeName } = pod.spec
  if (!nodeName)
    throw badRequest(
      `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is waiting to start: pod ${pod.metadata.name} does not have a host assigned`,
    )
  const forwarded = new URLSearchParams([...query].filter(([name]) => forwardedParameters.includes(name)))
  const path = `/containerLogs/${pod.metadata.namespace}/${pod.metadata.name}/${container}?${forwarded.toString()}`
  const answer = await nodes.request(nodeName, { method: 'GET', path, signal })
  if (answer.status === 200) return answer.body
  throw await failureOf(answer)
}

function containerOf({ metadata, spec }: Pod, wanted: string): string {
  const names = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map((c) => c.name)
  if (wanted) {
    if (names.includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`)
  }
  const annotated = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (annotated && names.includes(annotated)) return annotated
  if (spec.containers.length === 1 && spec.containers[0]) return spec.containers[0].name
  const choose = `choose one of: [${spec.containers.map((c) => c.name).join(' ')}]`
  const initial = spec.initContainers?.length ? ` or one of the init containers: [${spec.initContainers.map((c) => c.name).join(' ')}]` : ''
  throw badRequest(`a container name must be specified for pod ${metadata.name}, ${choose}${initial}`)
}

async function failureOf({ status, body }: { status: number; body: Readable }): Promise<ApiError> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length > 4096) break
  }
  const message = text.trim() || `the node answered with status ${status}`
  return status >= 500 ? unavailable(message) : new ApiError(status === 404 ? 'NotFound' : 'BadRequest', message)
}
