import { announcedByAnnotation, type Service } from '@quarterdeck/api'
import { backoffMs, createLogger, type Informer, type Logger, realClock, sleep } from '@quarterdeck/controller-runtime'

import { ProgramError, runProgram } from './nft.ts'
import { ensureInterface } from './own-interface.ts'

export interface AnnounceOptions {
  services: Informer<Service>
  nodeName: string
  /** Interface of our own that holds the addresses. */
  interfaceName: string
  /** Whether the cluster may take this node for dead, and have given its addresses to another. */
  isCutOff: () => boolean
  log?: Logger
  signal: AbortSignal
}

const checkEveryMs = 10_000
const retry = { baseMs: 500, maxMs: 30_000 }

/**
 * Makes this machine answer for the addresses of the load balancers that are assigned to it, until the signal aborts. The kernel
 * answers ARP for any address it has, whichever interface holds it; neighbours that knew another machine are told. A machine that is
 * cut off goes on answering, as the API server may be down for all, until it hears that another answers, too.
 */
export async function announceAddresses(options: AnnounceOptions): Promise<void> {
  const { services, signal, log = createLogger('announcer') } = options
  await services.synced()
  if (signal.aborted) return
  let wake = Promise.withResolvers<void>()
  services.onChange(() => wake.resolve())
  const yielded: YieldedAddresses = new Map()
  for (let failures = 0; !signal.aborted;) {
    wake = Promise.withResolvers()
    try {
      await settle(options, yielded, log)
      failures = 0
      await Promise.race([sleep(realClock, checkEveryMs, signal), wake.promise])
    } catch (error) {
      log.error('the addresses of load balancers could not be set and will be tried again', { error })
      await sleep(realClock, backoffMs(failures++, retry), signal)
    }
  }
}

/** By address the version of the Service that this machine knew when another took it over. */
type YieldedAddresses = Map<string, string>

async function settle(
  { services, nodeName, interfaceName, isCutOff }: AnnounceOptions,
  yielded: YieldedAddresses,
  log: Logger,
): Promise<void> {
  const assigned = announcedHere(services.list(), nodeName)
  const held = await addressesOf(interfaceName)
  if (isCutOff()) {
    for (const [address, version] of assigned) {
      if (!held.has(address) || !(await isAnsweredElsewhere(address))) continue
      log.warn('another machine answers for a load balancer', { address })
      yielded.set(address, version)
    }
  }
  // What was assigned before another took over is no assignment any more.
  for (const [address, version] of yielded) if (assigned.get(address) !== version) yielded.delete(address)
  const wanted = new Set([...assigned.keys()].filter((address) => !yielded.has(address)))
  if (wanted.size > 0) await ensureInterface(interfaceName)
  for (const address of held) if (!wanted.has(address)) await runProgram('ip', ['addr', 'del', `${address}/32`, 'dev', interfaceName])
  for (const address of wanted) {
    if (held.has(address)) continue
    await runProgram('ip', ['addr', 'replace', `${address}/32`, 'dev', interfaceName])
    log.info('answering for a load balancer', { address })
    await tellNeighbours(address).catch((error: unknown) => log.warn('neighbours could not be told of an address', { address, error }))
  }
}

/** The addresses this node is to answer for, each with the version of its Service. */
export function announcedHere(services: readonly Service[], nodeName: string): Map<string, string> {
  const assigned = services.filter(
    ({ metadata }) => metadata.annotations?.[announcedByAnnotation] === nodeName && !metadata.deletionTimestamp,
  )
  return new Map(
    assigned.flatMap(({ metadata, status }) =>
      (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [[ip, metadata.resourceVersion] as const] : [])),
    ),
  )
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

/** Tells every network that the address belongs to. */
async function tellNeighbours(address: string): Promise<void> {
  for (const network of await networksOf(address)) await runProgram('arping', ['-U', '-c', '2', '-w', '2', '-I', network, address])
}

/** Asks every network that the address belongs to whether somebody else has it. */
async function isAnsweredElsewhere(address: string): Promise<boolean> {
  for (const network of await networksOf(address)) {
    try {
      await runProgram('arping', ['-D', '-c', '2', '-w', '2', '-I', network, address])
    } catch (error) {
      if (error instanceof ProgramError && error.exitCode === 1) return true
      throw error
    }
  }
  return false
}

/** Names of interfaces. */
async function networksOf(address: string): Promise<string[]> {
  const interfaces = await kernelInterfaces()
  return interfaces
    .filter(({ addr_info: addresses = [] }) => addresses.some((own) => own.prefixlen < 32 && isInNetwork(address, own)))
    .map(({ ifname }) => ifname)
}

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

function isInNetwork(address: string, { local, prefixlen }: KernelAddress): boolean {
  const size = 2 ** (32 - prefixlen)
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(local) / size)
}
