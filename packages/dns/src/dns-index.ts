import { isIPv4 } from 'node:net'

import type { EndpointSlice, Service } from '@quarterdeck/api'

export interface ServicePort {
  name: string
  port: number
  protocol: string
}

/** One address behind a headless service. */
export interface HeadlessEndpoint {
  address: string
  /** The name it goes by under the service: its pod's hostname, or one made of the address. */
  hostname: string
}

export interface ServiceRecord {
  namespace: string
  name: string
  /** Cluster addresses; empty for headless services and those that stand for an outside name. */
  addresses: string[]
  isHeadless: boolean
  externalName: string | undefined
  ports: ServicePort[]
  endpoints: HeadlessEndpoint[]
}

const serviceNameLabel = 'kubernetes.io/service-name'

/** What the cluster's names stand for, kept up to date one object at a time. */
export class DnsIndex {
  /** `cluster.local` */
  readonly domain: string
  readonly #services = new Map<string, Service>()
  readonly #slices = new Map<string, Map<string, EndpointSlice>>()
  readonly #records = new Map<string, ServiceRecord>()
  readonly #namespaces = new Map<string, number>()
  /** Names by address, for the way back. */
  readonly #names = new Map<string, Set<string>>()

  constructor(domain: string) {
    this.domain = domain
  }

  service(namespace: string, name: string): ServiceRecord | undefined {
    return this.#records.get(`${namespace}/${name}`)
  }

  /** Whether any service lives there: its name exists then, though it has no address. */
  hasNamespace(namespace: string): boolean {
    return this.#namespaces.has(namespace)
  }

  /** Full names of an address of a service or of a headless endpoint. */
  namesOf(address: string): string[] {
    return [...(this.#names.get(address) ?? [])].toSorted()
  }

  setService(service: Service): void {
    const key = `${service.metadata.namespace}/${service.metadata.name}`
    this.#services.set(key, service)
    this.#rebuild(key)
  }

  deleteService(service: Service): void {
    const key = `${service.metadata.namespace}/${service.metadata.name}`
    this.#services.delete(key)
    this.#rebuild(key)
  }

  setSlice(slice: EndpointSlice): void {
    this.#changeSlice(slice, (slices) => slices.set(slice.metadata.name, slice))
  }

  deleteSlice(slice: EndpointSlice): void {
    this.#changeSlice(slice, (slices) => slices.delete(slice.metadata.name))
  }

  #changeSlice(slice: EndpointSlice, change: (slices: Map<string, EndpointSlice>) => void): void {
    const service = slice.metadata.labels?.[serviceNameLabel]
    if (service === undefined) return
    const key = `${slice.metadata.namespace}/${service}`
    const slices = this.#slices.get(key) ?? new Map<string, EndpointSlice>()
    change(slices)
    if (slices.size > 0) this.#slices.set(key, slices)
    else this.#slices.delete(key)
    this.#rebuild(key)
  }

  #rebuild(key: string): void {
    const old = this.#records.get(key)
    if (old) this.#forget(key, old)
    const service = this.#services.get(key)
    if (!service) return
    const record = recordOf(service, [...(this.#slices.get(key)?.values() ?? [])])
    this.#records.set(key, record)
    this.#namespaces.set(record.namespace, (this.#namespaces.get(record.namespace) ?? 0) + 1)
    for (const [address, name] of this.#namedAddresses(record)) {
      const names = this.#names.get(address) ?? new Set()
      this.#names.set(address, names.add(name))
    }
  }

  #forget(key: string, record: ServiceRecord): void {
    this.#records.delete(key)
    const left = (this.#namespaces.get(record.namespace) ?? 1) - 1
    if (left > 0) this.#namespaces.set(record.namespace, left)
    else this.#namespaces.delete(record.namespace)
    for (const [address, name] of this.#namedAddresses(record)) {
      const names = this.#names.get(address)
      names?.delete(name)
      if (names?.size === 0) this.#names.delete(address)
    }
  }

  #namedAddresses(record: ServiceRecord): [string, string][] {
    const full = `${record.name}.${record.namespace}.svc.${this.domain}`
    return [
      ...record.addresses.map((address): [string, string] => [address, full]),
      ...record.endpoints.map((endpoint): [string, string] => [endpoint.address, `${endpoint.hostname}.${full}`]),
    ]
  }
}

function recordOf({ metadata, spec }: Service, slices: readonly EndpointSlice[]): ServiceRecord {
  const isExternal = spec.type === 'ExternalName'
  const isHeadless = !isExternal && spec.clusterIP === 'None'
  const addresses = isExternal || isHeadless ? [] : (spec.clusterIPs ?? [spec.clusterIP ?? '']).filter((ip) => ip !== '' && ip !== 'None')
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    addresses,
    isHeadless,
    externalName: isExternal ? spec.externalName : undefined,
    ports: isHeadless
      ? portsOf(slices)
      : (spec.ports ?? []).map((p) => ({ name: p.name ?? '', port: p.port, protocol: (p.protocol ?? 'TCP').toLowerCase() })),
    endpoints: isHeadless ? endpointsOf(slices, spec.publishNotReadyAddresses ?? false) : [],
  }
}

function portsOf(slices: readonly EndpointSlice[]): ServicePort[] {
  const ports = new Map<string, ServicePort>()
  for (const slice of slices)
    for (const { name, port, protocol } of slice.ports ?? []) {
      const found = { name: name ?? '', port: port ?? 0, protocol: (protocol ?? 'TCP').toLowerCase() }
      ports.set(`${found.protocol}/${found.name}/${found.port}`, found)
    }
  return [...ports.values()]
}

function endpointsOf(slices: readonly EndpointSlice[], publishesNotReady: boolean): HeadlessEndpoint[] {
  const found = new Map<string, HeadlessEndpoint>()
  for (const slice of slices)
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false && !publishesNotReady) continue
      for (const address of endpoint.addresses) found.set(address, { address, hostname: endpoint.hostname ?? labelOf(address) })
    }
  return [...found.values()]
}

/** `1-2-3-4`: an address as one label of a name. */
export const labelOf = (address: string): string => address.replaceAll(isIPv4(address) ? '.' : ':', '-')
