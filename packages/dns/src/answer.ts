import { isIPv4, isIPv6 } from 'node:net'

import type { DnsIndex, ServiceRecord } from './dns-index.ts'

export type DnsRecord =
  | { type: 'A' | 'AAAA' | 'PTR' | 'CNAME' | 'NS'; name: string; ttl: number; data: string }
  | { type: 'TXT'; name: string; ttl: number; data: string }
  | { type: 'SRV'; name: string; ttl: number; data: { port: number; target: string; priority: number; weight: number } }
  | {
      type: 'SOA'
      name: string
      ttl: number
      data: { mname: string; rname: string; serial: number; refresh: number; retry: number; expire: number; minimum: number }
    }

export interface DnsQuestion {
  name: string
  type: string
}

/** `NODATA` is the name being there without a record of the type; it travels as NOERROR with an SOA. */
export interface DnsAnswer {
  code: 'NOERROR' | 'NODATA' | 'NXDOMAIN'
  answers: DnsRecord[]
  additionals: DnsRecord[]
  authorities: DnsRecord[]
}

const ttl = 5
const dnsVersion = '1.1.0'

/**
 * Answers a question about the cluster's own names, after the Kubernetes DNS-based service discovery specification.
 * Undefined if the name is not the cluster's: to be asked elsewhere. An alias to an outside name comes as CNAME alone.
 */
export function answer(question: DnsQuestion, index: DnsIndex): DnsAnswer | undefined {
  const name = question.name.toLowerCase().replace(/\.$/, '')
  if (name.endsWith('.arpa')) return answerReverse(name, question, index)
  if (name === index.domain) return question.type === 'SOA' ? found([soaOf(index)]) : noData(index)
  if (!name.endsWith(`.${index.domain}`)) return undefined
  const labels = name.slice(0, -index.domain.length - 1).split('.')
  const zone = labels.pop()
  if (zone === 'svc') return answerService(labels.toReversed(), { name, question, index })
  if (zone === 'pod') return answerPod(labels.toReversed(), { name, question, index })
  if (zone === 'dns-version' && labels.length === 0)
    return question.type === 'TXT' ? found([{ type: 'TXT', name, ttl, data: dnsVersion }]) : noData(index)
  return noName(index)
}

interface Asked {
  /** In lower case, without the last dot. */
  name: string
  question: DnsQuestion
  index: DnsIndex
}

/** `labels` from the zone outwards: namespace, service, then an endpoint or a protocol and a port. */
function answerService(labels: string[], asked: Asked): DnsAnswer {
  const { index } = asked
  const [namespace, serviceName, third, fourth, ...rest] = labels
  if (namespace === undefined) return noData(index)
  if (serviceName === undefined) return index.hasNamespace(namespace) ? noData(index) : noName(index)
  const service = index.service(namespace, serviceName)
  if (!service || rest.length > 0) return noName(index)
  if (third === undefined) return answerWhole(service, asked)
  if (third.startsWith('_')) return answerPort(service, { protocol: third.slice(1), port: fourth }, asked)
  if (fourth !== undefined) return noName(index)
  const endpoints = service.endpoints.filter((endpoint) => endpoint.hostname === third)
  if (endpoints.length === 0) return noName(index)
  return addressesOrNone(
    endpoints.map((endpoint) => endpoint.address),
    asked,
  )
}

function answerWhole(service: ServiceRecord, asked: Asked): DnsAnswer {
  const { name, question } = asked
  if (service.externalName !== undefined) return found([{ type: 'CNAME', name, ttl, data: service.externalName.replace(/\.$/, '') }])
  if (question.type === 'SRV') return srvOf(service, service.ports, asked)
  if (service.isHeadless && service.endpoints.length === 0) return noName(asked.index)
  return addressesOrNone(service.isHeadless ? service.endpoints.map((endpoint) => endpoint.address) : service.addresses, asked)
}

function answerPort(service: ServiceRecord, wanted: { protocol: string; port: string | undefined }, asked: Asked): DnsAnswer {
  if (wanted.port === undefined || !wanted.port.startsWith('_')) return noName(asked.index)
  const ports = service.ports.filter((port) => port.protocol === wanted.protocol && port.name === wanted.port?.slice(1))
  if (ports.length === 0) return noName(asked.index)
  return asked.question.type === 'SRV' ? srvOf(service, ports, asked) : noData(asked.index)
}

function srvOf(service: ServiceRecord, ports: ServiceRecord['ports'], { name, index }: Asked): DnsAnswer {
  const full = `${service.name}.${service.namespace}.svc.${index.domain}`
  const targets = service.isHeadless
    ? service.endpoints.map((endpoint) => ({ target: `${endpoint.hostname}.${full}`, addresses: [endpoint.address] }))
    : [{ target: full, addresses: service.addresses }]
  const named = ports.filter((port) => port.name !== '' || ports.length === 1)
  const answers = named.flatMap(({ port }) =>
    targets.map(({ target }): DnsRecord => ({
      type: 'SRV',
      name,
      ttl,
      data: { port, target, priority: 0, weight: Math.max(1, Math.floor(100 / targets.length)) },
    })),
  )
  if (answers.length === 0) return noData(index)
  const additionals = targets.flatMap(({ target, addresses }) => addresses.flatMap((address) => recordOf(target, address)))
  return { ...found(answers), additionals }
}

/** `1-2-3-4.<namespace>.pod`: the address is in the name. */
function answerPod(labels: string[], asked: Asked): DnsAnswer {
  const [namespace, pod, ...rest] = labels
  if (namespace === undefined) return noData(asked.index)
  if (pod === undefined) return asked.index.hasNamespace(namespace) ? noData(asked.index) : noName(asked.index)
  const address = [pod.replaceAll('-', '.'), pod.replaceAll('-', ':')].find((text) => isIPv4(text) || isIPv6(text))
  if (rest.length > 0 || address === undefined || !asked.index.hasNamespace(namespace)) return noName(asked.index)
  return addressesOrNone([address], asked)
}

function answerReverse(name: string, question: DnsQuestion, index: DnsIndex): DnsAnswer | undefined {
  const address = addressOfReverse(name)
  const names = address === undefined ? [] : index.namesOf(address)
  if (names.length === 0) return undefined
  return question.type === 'PTR' ? found(names.map((data) => ({ type: 'PTR', name, ttl, data }))) : noData(index)
}

/** The address that `4.3.2.1.in-addr.arpa` asks about. */
export function addressOfReverse(name: string): string | undefined {
  const four = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name)?.[1]
  const address = four?.split('.').slice(0, 4).toReversed().join('.')
  return address !== undefined && isIPv4(address) ? address : undefined
}

function recordOf(name: string, address: string): DnsRecord[] {
  if (isIPv4(address)) return [{ type: 'A', name, ttl, data: address }]
  return isIPv6(address) ? [{ type: 'AAAA', name, ttl, data: address }] : []
}

function addressesOrNone(addresses: readonly string[], { name, question, index }: Asked): DnsAnswer {
  const records = addresses
    .flatMap((address) => recordOf(name, address))
    .filter((record) => record.type === question.type || question.type === 'ANY')
  return records.length > 0 ? found(records) : noData(index)
}

const found = (answers: DnsRecord[]): DnsAnswer => ({ code: 'NOERROR', answers, additionals: [], authorities: [] })
const noData = (index: DnsIndex): DnsAnswer => ({ code: 'NODATA', answers: [], additionals: [], authorities: [soaOf(index)] })
const noName = (index: DnsIndex): DnsAnswer => ({ code: 'NXDOMAIN', answers: [], additionals: [], authorities: [soaOf(index)] })

/** Tells resolvers how long to remember that there is nothing. */
function soaOf({ domain }: DnsIndex): DnsRecord {
  const data = {
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: ttl,
  }
  return { type: 'SOA', name: domain, ttl, data }
}
