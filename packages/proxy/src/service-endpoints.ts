import type { EndpointSlice, Service, V1Endpoint, V1EndpointHints, V1ServicePort } from '@quarterdeck/api'

/** One address and port that a connection to a service may be sent to. */
export interface ServiceEndpoint {
  ip: string
  port: number
  isLocal: boolean
  /** For which nodes and zones it is meant, if the Service prefers what is near. */
  hints: V1EndpointHints | undefined
}

export const serviceNameLabel = 'kubernetes.io/service-name'

/** `namespace/name` of the service that a slice belongs to; undefined for a slice of none. */
export function serviceKeyOf(slice: EndpointSlice): string | undefined {
  const name = slice.metadata.labels?.[serviceNameLabel]
  return name === undefined ? undefined : `${slice.metadata.namespace}/${name}`
}

/**
 * Where connections to one port of a service go: to its ready endpoints; if there is none, to those that serve while
 * they terminate (KEP-1669). Sorted, without repetitions.
 */
export function endpointsOf(port: V1ServicePort, slices: readonly EndpointSlice[], nodeName: string): ServiceEndpoint[] {
  const ready = collect(port, slices, { nodeName, accepts: (endpoint) => endpoint.conditions?.ready !== false })
  if (ready.length > 0) return ready
  return collect(port, slices, {
    nodeName,
    accepts: ({ conditions }) => conditions?.serving === true && conditions.terminating === true,
  })
}

interface Collect {
  nodeName: string
  accepts: (endpoint: V1Endpoint) => boolean
}

function collect(port: V1ServicePort, slices: readonly EndpointSlice[], { nodeName, accepts }: Collect): ServiceEndpoint[] {
  const found = new Map<string, ServiceEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const target = slice.ports?.find((p) => (p.name ?? '') === (port.name ?? '') && (p.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))
    if (target?.port === undefined) continue
    for (const endpoint of slice.endpoints ?? []) {
      const [ip] = endpoint.addresses
      if (ip === undefined || !accepts(endpoint)) continue
      found.set(`${ip}:${target.port}`, { ip, port: target.port, isLocal: endpoint.nodeName === nodeName, hints: endpoint.hints })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.ip === b.ip ? a.port - b.port : a.ip < b.ip ? -1 : 1))
}

/**
 * Those endpoints that are meant for this node; else those for its zone; else all. Hints count only where every endpoint has them, so
 * that none is forgotten while they are being written (KEP-2433, KEP-3015).
 */
export function nearestOf(
  endpoints: readonly ServiceEndpoint[],
  node: { nodeName: string; zone: string | undefined },
): readonly ServiceEndpoint[] {
  return meantFor(endpoints, 'forNodes', node.nodeName) ?? meantFor(endpoints, 'forZones', node.zone) ?? endpoints
}

function meantFor(
  endpoints: readonly ServiceEndpoint[],
  hint: 'forNodes' | 'forZones',
  name: string | undefined,
): readonly ServiceEndpoint[] | undefined {
  if (!name || !endpoints.every(({ hints }) => hints?.[hint]?.length)) return undefined
  const meant = endpoints.filter(({ hints }) => hints?.[hint]?.some((it) => it.name === name))
  return meant.length > 0 ? meant : undefined
}

/** Whether the proxy has anything to do for a service. */
export function isProxied(service: Service): boolean {
  const { type, clusterIP } = service.spec
  return type !== 'ExternalName' && clusterIP !== undefined && clusterIP !== '' && clusterIP !== 'None'
}
