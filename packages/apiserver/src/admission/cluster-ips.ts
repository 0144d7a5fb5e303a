import { randomInt, randomUUID } from 'node:crypto'
import { BlockList, isIP, isIPv4 } from 'node:net'

import {
  addressOfService,
  clusterIpsOf,
  holderOf,
  ipAddresses,
  serviceCidrs,
  type AddressHolder,
  type IPAddress,
  type Service,
  type ServiceCIDR,
} from '@quarterdeck/api'
import { internalError, invalid, invalidField, timestamp, type ApiError } from '@quarterdeck/api-machinery'
import type { Write } from '@quarterdeck/storage'

import { apiServerUser } from '../auth/user.ts'
import type { AdmissionAttributes, AdmissionReader } from './admission.ts'
import type { RecentlyGiven } from './recently-given.ts'

const maxTries = 1000
const author = { actor: apiServerUser.name, client: 'service-allocation' }

const heldBy = (service: Service | undefined): string[] => (service ? clusterIpsOf(service) : [])

/**
 * Gives a Service that needs one a free address of the cluster's own network (`serviceCidr`) or of those of ServiceCIDR objects. Throws
 * Invalid if it asks for one that can't be had. Addresses that are malformed are left to validation.
 */
export async function allocateClusterIp(
  service: Service,
  { reader, old }: AdmissionAttributes,
  { serviceCidr, recent }: { serviceCidr: string; recent: RecentlyGiven },
): Promise<void> {
  const { spec } = service
  if (spec.type === 'ExternalName') {
    delete spec.clusterIP
    delete spec.clusterIPs
    return
  }
  spec.clusterIP ||= spec.clusterIPs?.[0] ?? ''
  if (spec.clusterIP === 'None') {
    spec.clusterIPs = ['None']
    return
  }
  if (spec.clusterIP) {
    if (!spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
    if (isIP(spec.clusterIP) && !heldBy(old as Service | undefined).includes(spec.clusterIP))
      await checkAddress(service, reader, serviceCidr)
    return
  }
  const isFree = async (ip: string, isHurried: boolean): Promise<boolean> => (recent.take(ip) || isHurried) && !(await isTaken(reader, ip))
  spec.clusterIP = await freeAddress(await networksOf(reader, serviceCidr), isFree)
  spec.clusterIPs = [spec.clusterIP]
}

async function checkAddress(service: Service, reader: AdmissionReader, serviceCidr: string): Promise<void> {
  const ip = service.spec.clusterIP ?? ''
  const networks = await networksOf(reader, serviceCidr)
  if (!networks.some((network) => contains(network, ip)))
    throw unavailable(service, ip, 'the provided network does not match the current range')
  if (await isTaken(reader, ip)) throw unavailable(service, ip, 'provided IP is already allocated')
}

const unavailable = ({ metadata }: Service, ip: string, why: string): ApiError =>
  invalid({ group: '', kind: 'Service' }, metadata.name, [invalidField('spec.clusterIPs', [ip], `failed to allocate IP ${ip}: ${why}`)])

const isTaken = async (reader: AdmissionReader, ip: string): Promise<boolean> =>
  (await reader.read(ipAddresses.resource, '', ip)) !== undefined

/** IPv4 networks that addresses may come from, the cluster's own first. Those that are being deleted give none any more. */
async function networksOf(reader: AdmissionReader, serviceCidr: string): Promise<string[]> {
  const objects = (await reader.list(serviceCidrs.resource)).map(({ object }) => object as ServiceCIDR)
  const usable = objects.filter(({ metadata }) => !metadata.deletionTimestamp).flatMap(({ spec }) => spec.cidrs ?? [])
  return [...new Set([serviceCidr, ...usable])].filter((cidr) => isIPv4(cidr.split('/')[0] ?? ''))
}

function contains(cidr: string, ip: string): boolean {
  const [network = '', bits = ''] = cidr.split('/')
  const range = new BlockList()
  range.addSubnet(network, Number(bits), 'ipv4')
  return isIPv4(ip) && range.check(ip, 'ipv4')
}

/** `isHurried`: other addresses were tried, many times. */
type IsFree = (ip: string, isHurried: boolean) => Promise<boolean>

async function freeAddress(networks: readonly string[], isFree: IsFree): Promise<string> {
  for (const network of networks) {
    const ip = await freeAddressOf(network, isFree)
    if (ip) return ip
  }
  throw internalError('failed to allocate a serviceIP: range is full')
}

/** A random free address outside the low band, which is left to Services that ask for one by name (KEP-3070). */
async function freeAddressOf(network: string, isFree: IsFree): Promise<string | undefined> {
  const [first = '', bits = ''] = network.split('/')
  const base = first.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const size = 2 ** (32 - Number(bits))
  if (size < 4) return undefined
  const lowBand = Math.min(Math.max(16, Math.floor(size / 16)), 256)
  for (let tries = 0; tries < maxTries; tries++) {
    const offset = tries < maxTries / 2 && size > lowBand + 2 ? randomInt(lowBand, size - 1) : randomInt(2, size - 1)
    const address = base + offset
    const ip = [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.')
    if (await isFree(ip, tries >= maxTries / 2)) return ip
  }
  return undefined
}

/** Takes the addresses that a Service has now and gives back those that it had, as IPAddress objects stored with it. */
export async function planAddresses(
  { alongside, reader, namespace, name }: AdmissionAttributes,
  old: Service | undefined,
  service: Service | undefined,
): Promise<void> {
  const [before, after] = [heldBy(old), heldBy(service)]
  for (const ip of new Set(after)) if (!before.includes(ip)) alongside.push(takeAddress(ip, { namespace, name }))
  for (const ip of new Set(before)) {
    if (after.includes(ip)) continue
    const stored = await reader.read(ipAddresses.resource, '', ip)
    if (!stored) continue
    const holder = holderOf(stored.object as IPAddress)
    if (holder?.namespace === namespace && holder.name === name)
      alongside.push({
        type: 'delete',
        key: stored.key,
        author,
        keepsHistory: true,
        expectedRevision: stored.revision,
        object: stored.object,
      })
  }
}

function takeAddress(ip: string, holder: AddressHolder): Write {
  const { metadata, spec } = addressOfService(ip, holder)
  const uid = randomUUID()
  const object: IPAddress = {
    apiVersion: ipAddresses.apiVersion,
    kind: ipAddresses.kind,
    metadata: { ...metadata, uid, resourceVersion: '', creationTimestamp: timestamp() },
    spec,
  }
  return { type: 'create', key: { resource: ipAddresses.resource, namespace: '', name: ip }, author, keepsHistory: true, uid, object }
}
