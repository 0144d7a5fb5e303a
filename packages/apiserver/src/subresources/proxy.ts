import { connect as connectTls } from 'node:tls'
import type { Duplex } from 'node:stream'

import { endpointSlices, pods, services, type EndpointSlice, type Kind, type Pod, type Service, type Verb } from '@quarterdeck/api'
import { badRequest, unavailable } from '@quarterdeck/api-machinery'

import { servedObject } from '../api-core.ts'
import type { Call, Endpoint, Subresource } from '../endpoints/endpoint.ts'
import { openOnNode } from '../node-connections.ts'
import { find } from '../verbs/get.ts'

/** What a proxied request is sent to. */
interface Target {
  dial(): Promise<Duplex>
  /** For the Host header. */
  host: string
}

type Resolve = (call: Call, target: ProxyName) => Promise<Target>

/** Who is proxied to, by the kind that is named. */
const resolvers: ReadonlyMap<string, Resolve> = new Map([
  [pods.resource, resolvePod],
  [services.resource, resolveService],
])

const answerProxy: Endpoint = async (call) => {
  const { request } = call
  const name = parseProxyName(request.name)
  const target = await resolvers.get(request.kind.resource)!(call, name)
  const dial = name.scheme === 'https' ? async () => encrypted(await target.dial()) : target.dial
  return { type: 'proxy', dial, host: target.host }
}

const verbs: readonly Verb[] = ['get', 'create', 'update', 'patch', 'delete']

/** Passes HTTP requests on to a pod, or to one behind a service. */
export const proxy: Subresource = {
  name: 'proxy',
  isOf: (kind: Kind) => resolvers.has(kind.resource),
  connects: true,
  hasPaths: true,
  endpoints: Object.fromEntries(verbs.map((verb) => [verb, answerProxy])),
}

interface ProxyName {
  scheme: 'http' | 'https'
  name: string
  /** A number, or the name of a service's port; '' for the one there is. */
  port: string
}

/** `name`, `name:port` or `scheme:name:port`. Throws BadRequest. */
export function parseProxyName(text: string): ProxyName {
  const parts = text.split(':')
  const [scheme, name = '', port = ''] = parts.length === 3 ? parts : ['http', ...parts]
  if ((scheme !== 'http' && scheme !== 'https' && scheme !== '') || !name || parts.length > 3)
    throw badRequest(`invalid proxy target ${JSON.stringify(text)}: allowed are NAME, NAME:PORT and SCHEME:NAME:PORT with http or https`)
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port }
}

async function resolvePod(call: Call, { name, port }: ProxyName): Promise<Target> {
  const pod = (await find(call.server.core, { ...call.request, name, subresource: '' })).object as Pod
  const number = port ? Number(port) : (pod.spec.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort ?? 80)
  return podTarget(call, pod, number)
}

function podTarget({ server }: Call, { metadata, spec, status }: Pod, port: number): Target {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw badRequest(`invalid port of pod ${metadata.name}`)
  if (!spec.nodeName || !status.podIP) throw unavailable(`address not allowed: pod ${metadata.name} has no address yet`)
  const { nodeName } = spec
  const path = `/portForward/${metadata.namespace}/${metadata.name}?port=${port}`
  return { host: `${status.podIP}:${port}`, dial: () => openOnNode(server.nodes, nodeName, { method: 'POST', path }) }
}

/** One of the ready pods behind the port, each time another. */
async function resolveService(call: Call, { name, port }: ProxyName): Promise<Target> {
  const { core } = call.server
  const { namespace } = call.request
  const service = (await find(core, { ...call.request, name, subresource: '' })).object as Service
  const ports = service.spec.ports ?? []
  const wanted = port
    ? ports.find((p) => p.name === port || String(p.port) === port)
    : ports.length === 1
      ? ports[0]
      : ports.find((p) => !p.name)
  const noEndpoints = unavailable(`no endpoints available for service ${JSON.stringify(call.request.name)}`)
  if (!wanted) throw noEndpoints
  const slices = (await core.freshCacheOf(endpointSlices)).list(namespace).map(({ object }) => object as EndpointSlice)
  const candidates = slices
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(({ endpoints = [], ports: slicePorts = [] }) => {
      const number = slicePorts.find((p) => (p.name ?? '') === (wanted.name ?? ''))?.port
      return number === undefined
        ? []
        : endpoints.filter(({ conditions }) => conditions?.ready !== false).map(({ targetRef }) => ({ targetRef, number }))
    })
  const chosen = candidates[Math.floor(Math.random() * candidates.length)]
  if (!chosen) throw noEndpoints
  const stored = chosen.targetRef?.kind === 'Pod' ? await core.read(pods.resource, namespace, chosen.targetRef.name ?? '') : undefined
  if (!stored) throw unavailable(`the endpoint of service ${name} is no pod of this cluster`)
  return podTarget(call, servedObject(pods, stored) as Pod, chosen.number)
}

function encrypted(socket: Duplex): Duplex {
  // As Kubernetes does: whoever may proxy knows whom, and pods' certificates are their own.
  return connectTls({ socket, rejectUnauthorized: false })
}
