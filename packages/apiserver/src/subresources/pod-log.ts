import type { Readable } from 'node:stream'

import { pods, type Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'

import type { ApiCore } from '../api-core.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import { failureOf, type NodeConnections } from '../node-connections.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'
import { containerOf } from './container-of.ts'
import { checkLogOptions } from './check-log-options.ts'

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
  nodes: Pick<NodeConnections, 'request'>,
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
  throw await failureOf(answer.status, answer.body)
}
