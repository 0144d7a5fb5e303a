import { announcedByAnnotation, type Service } from '@quarterdeck/api'
import { backoffMs, createLogger, type Informer, type Logger, realClock, sleep } from '@quarterdeck/controller-runtime'

import { runProgram } from './nft.ts'
import { ensureInterface } from './own-interface.ts'

export interface AnnounceOptions {
  services: Informer<Service>
  nodeName: string
  /** Interface of our own that holds the addresses. */
  interfaceName: string
  log?: Logger
  signal: AbortSignal
}

const checkEveryMs = 60_000
const retry = { baseMs: 500, maxMs: 30_000 }

/**
 * Makes this machine answer for the addresses of the load balancers that are assigned to it, until the signal aborts. The kernel
 * answers ARP for any address it has, whichever interface holds it; neighbours that knew another machine are told.
 */
export async function announceAddresses(options: AnnounceOptions): Promise<void> {
  const { services, signal, log = createLogger('announcer') } = options
  await services.synced()
  if (signal.aborted) return
  let wake = Promise.withResolvers<void>()
  services.onChange(() => wake.resolve())
  for (let failures = 0; !signal.aborted;) {
    wake = Promise.withResolvers()
    try {
      await settle(options, log)
      failures = 0
      await Promise.race([sleep(realClock, checkEveryMs, signal), wake.promise])
    } catch (error) {
      log.error('the addresses of load balancers could not be set and will be tried again', { error })
      await sleep(realClock, backoffMs(failures++, retry), signal)
    }
  }
}

async function settle({ services, nodeName, interfaceName }: AnnounceOptions, log: Logger): Promise<void> {
  const wanted = announcedHere(services.list(), nodeName)
  const held = await addressesOf(interfaceName)
  if (wanted.size > 0) await ensureInterface(interfaceName)
  for (const address of held) if (!wanted.has(address)) await runProgram('ip', ['addr', 'del', `${address}/32`, 'dev', interfaceName])
  for (const address of wanted) {
    if (held.has(address)) continue
    await runProgram('ip', ['addr', 'replace', `${address}/32`, 'dev', interfaceName])
    log.info('answering for a load balancer', { address })
    await tellNeighbours(address).catch((error: unknown) => log.warn('neighbours could not be told of an address', { address, error }))
  }
}

/** The addresses this node is to answer for. */
export function announcedHere(services: readonly Service[], nodeName: string): Set<string> {
  const assigned = services.filter(
    ({ metadata }) => metadata.annotations?.[announcedByAnnotation] === nodeName && !metadata.deletionTimestamp,
  )
  return new Set(assigned.flatMap(({ status }) => (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []))))
}

interface KernelAddress {
  family: string
  local: string
  prefixlen: number
}

interface KernelInterface {
  ifname: string
  addr_info: KernelAddress[]
}

const kernelInterfaces = async (...args: string[]): Promise<KernelInterface[]> =>
  JSON.parse((await runProgram('ip', ['-json', '-4', 'addr', 'show', ...args])) || '[]') as KernelInterface[]

async function addressesOf(interfaceName: string): Promise<Set<string>> {
  // One that is not there holds nothing.
  const interfaces = await kernelInterfaces('dev', interfaceName).catch(() => [])
  return new Set(interfaces.flatMap(({ addr_info: addresses = [] }) => addresses.map(({ local }) => local)))
}

/** On every network that the address belongs to. */
async function tellNeighbours(address: string): Promise<void> {
  for (const { ifname, addr_info: addresses = [] } of await kernelInterfaces())
    if (addresses.some((own) => own.prefixlen < 32 && isInNetwork(address, own)))
      await runProgram('arping', ['-U', '-c', '2', '-w', '2', '-I', ifname, address])
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

function isInNetwork(address: string, { local, prefixlen }: KernelAddress): boolean {
  const size = 2 ** (32 - prefixlen)
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(local) / size)
}
