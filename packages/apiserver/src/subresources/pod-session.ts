import { pods, type Kind, type Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import { framedLink } from '@quarterdeck/streams'

import type { Answer, Call, Subresource } from '../endpoints/endpoint.ts'
import { openOnNode } from '../node-connections.ts'
import { find } from '../verbs/get.ts'
import { containerOf } from './container-of.ts'

const isPod = (kind: Kind): boolean => kind.resource === pods.resource
const parameterNames = ['command', 'stdin', 'stdout', 'stderr', 'tty'] as const
const streamNames = ['stdin', 'stdout', 'stderr'] as const

/** Runs a command in a container. */
export const exec: Subresource = sessionSubresource('exec')
/** Joins the container's own process. */
export const attach: Subresource = sessionSubresource('attach')

/** Connects to ports of a pod. */
export const portForward: Subresource = {
  name: 'portforward',
  connects: true,
  isOf: isPod,
  endpoints: connectEndpoints(async (call) => {
    const { pod, nodeName } = await placedPod(call)
    if (pod.status.phase !== 'Running')
      throw badRequest(`unable to forward port because pod is not running. Current status=${pod.status.phase ?? 'Pending'}`)
    const { namespace, name } = pod.metadata
    const dial = (port: number) =>
      openOnNode(call.server.nodes, nodeName, { method: 'POST', path: `/portForward/${namespace}/${name}?port=${port}` })
    return { type: 'ports', dial }
  }),
}

function sessionSubresource(name: 'exec' | 'attach'): Subresource {
  return {
    name,
    connects: true,
    isOf: isPod,
    endpoints: connectEndpoints(async (call) => {
      const { pod, nodeName } = await placedPod(call)
      const asked = call.options.parameters ?? new URLSearchParams()
      const container = containerOf(pod, asked.get('container') ?? '')
      const parameters = new URLSearchParams([...asked].filter(([key]) => parameterNames.some((known) => known === key)))
      for (const key of streamNames) if (parameters.has(key)) parameters.set(key, String(isTrue(parameters.get(key))))
      const tty = isTrue(parameters.get('tty'))
      parameters.set('tty', String(tty))
      const path = `/${name}/${pod.metadata.namespace}/${pod.metadata.name}/${container}?${parameters.toString()}`
      const stream = await openOnNode(call.server.nodes, nodeName, { method: 'POST', path })
      const wanted = streamNames.filter((key) => parameters.get(key) === 'true' && !(key === 'stderr' && tty))
      return { type: 'session', link: framedLink(stream), streams: ['error', ...wanted, ...(tty ? (['resize'] as const) : [])] }
    }),
  }
}

const isTrue = (value: string | null): boolean => value !== null && value !== 'false' && value !== '0'

/** Clients of WebSockets get, those of SPDY post. Who may only read may not connect: the right to create is asked for either way. */
function connectEndpoints(connect: (call: Call) => Promise<Answer>): Subresource['endpoints'] {
  const endpoint = async (call: Call): Promise<Answer> => {
    if (!call.isUpgrade) throw badRequest('Upgrade request required')
    await call.server.core.authorize(call.request, 'create')
    return connect(call)
  }
  return { get: endpoint, create: endpoint }
}

/** The pod of a call and its node. Throws NotFound, and BadRequest for a pod that is on none. */
async function placedPod({ server, request }: Call): Promise<{ pod: Pod; nodeName: string }> {
  const pod = (await find(server.core, { ...request, subresource: '' })).object as Pod
  const { nodeName } = pod.spec
  if (!nodeName) throw badRequest(`pod ${request.name} does not have a host assigned`)
  return { pod, nodeName }
}
