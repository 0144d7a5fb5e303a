import {
  addressOfService,
  clusterIpsOf,
  holderOf,
  ipAddresses,
  isAllocated,
  services,
  type IPAddress,
  type Service,
} from '@quarterdeck/api'
import { isApiError, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound, createIfAbsent, getIfExists } from '@quarterdeck/client'
import {
  again,
  defineController,
  done,
  index,
  onlyThis,
  watch,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

/** An address is stored with its Service, but may be seen before it. */
const leakedAfterMs = 60_000

const byHolder = 'service'
const holdersOf = (address: IPAddress): ObjectKey[] => {
  const holder = holderOf(address)
  return holder ? [holder] : []
}

/** Keeps an IPAddress for every address that a Service has, and none for those that no Service has any more. */
export const addressRepairController = defineController({
  name: 'service-address-repair',
  component: 'ipallocator-repair-controller',
  primary: services,
  watches: [watch(ipAddresses, ({ object, old }) => [...holdersOf(object), ...(old ? holdersOf(old) : [])])],
  indexes: [index(ipAddresses, byHolder, (address) => holdersOf(address).map(keyString))],
  writes: [ipAddresses],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const service = ctx.cache(services).get(key)
  if (!ctx.seesOwnWrites(key)) return done
  const addresses = ctx.cache(ipAddresses)
  const held = service ? clusterIpsOf(service) : []
  for (const ip of held) if (service) await repair(service, ip, ctx)
  const leaked = addresses
    .byIndex(byHolder, keyString(key))
    .filter((address) => isAllocated(address) && !held.includes(address.metadata.name))
  let waitMs: number | undefined
  for (const address of leaked) {
    const leftMs = Date.parse(address.metadata.creationTimestamp) + leakedAfterMs - ctx.clock.now()
    if (leftMs > 0) waitMs = Math.min(waitMs ?? leftMs, leftMs)
    else await release(address, key, ctx)
  }
  return waitMs === undefined ? done : again(waitMs)
}

/** A Service and its addresses change together, but are seen one after the other: before anything is mended, the server is asked. */
async function repair(seen: Service, ip: string, { cache, client, recorder }: ReconcileContext): Promise<void> {
  const { namespace, name } = seen.metadata
  const isHeld = (address: IPAddress | undefined): boolean => {
    const holder = address && holderOf(address)
    return holder?.namespace === namespace && holder.name === name
  }
  const key = { namespace: '', name: ip }
  if (isHeld(cache(ipAddresses).get(key))) return
  const address = await getIfExists(client, ipAddresses, key)
  const service = await getIfExists(client, services, { namespace, name })
  if (isHeld(address) || !service || !clusterIpsOf(service).includes(ip)) return
  const family = ip.includes(':') ? 'IPv6' : 'IPv4'
  const warn = (reason: string, message: string): void => recorder.event(service, 'Warning', reason, message)
  const holder = address && holderOf(address)
  if (holder && isHeldByOther(ip, cache(services).get(holder)))
    return warn('ClusterIPAlreadyAllocated', `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`)
  warn(
    'ClusterIPNotAllocated',
    address
      ? `the ClusterIP [${family}]: ${ip} for Service ${namespace}/${name} has a wrong reference; repairing`
      : `Cluster IP [${family}]: ${ip} is not allocated; repairing`,
  )
  if (address) {
    const target = onlyThis(address)
    await client.delete(ipAddresses, target.key, target.options).catch(absentIfNotFound)
  }
  await createIfAbsent(client, ipAddresses, addressOfService(ip, { namespace, name }))
}

const isHeldByOther = (ip: string, other: Service | undefined): boolean => other !== undefined && clusterIpsOf(other).includes(ip)

/** One that is gone by now went with its Service, and nothing had leaked. */
async function release(address: IPAddress, { namespace, name }: ObjectKey, { client, recorder }: ReconcileContext): Promise<void> {
  const service = await getIfExists(client, services, { namespace, name })
  if (service && clusterIpsOf(service).includes(address.metadata.name)) return
  const target = onlyThis(address)
  try {
    await client.delete(ipAddresses, target.key, target.options)
  } catch (error) {
    if (isApiError(error, 'NotFound')) return
    throw error
  }
  const message = `IPAddress: ${address.metadata.name} for Service ${namespace}/${name} appears to have leaked: cleaning up`
  recorder.event(address, 'Warning', 'IPAddressNotAllocated', message)
}
