import { announcedByAnnotation, endpointSlices, loadBalancerClass, nodes, services, type Service } from '@quarterdeck/api'
import { isApiError, keyOf, keyString, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  defineController,
  done,
  index,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { readyOf } from '../node-lifecycle/node-health.ts'
import { AddressPool } from './address-pool.ts'
import { announcerOf } from './plan-announcer.ts'

export interface LoadBalancerOptions {
  /** Addresses for load balancers, as AddressPool takes them. Default: none. */
  pool?: string
}

const byService = 'service'
const serviceNameLabel = 'kubernetes.io/service-name'

/**
 * Gives Services of type LoadBalancer addresses of a pool, and each address to a node that answers for it on the network. Services
 * with a class of another are left to it. Throws Error for a malformed pool.
 */
export function createLoadBalancerController({ pool = '' }: LoadBalancerOptions = {}): Controller {
  const newPool = (): AddressPool => new AddressPool(pool)
  newPool()
  return {
    name: 'service-load-balancer',
    run: (environment) => {
      let held: AddressPool | undefined
      return defineController({
        name: 'service-load-balancer',
        component: 'service-controller',
        primary: services,
        watches: [
          // Only what decides who answers matters of a node: not every heartbeat.
          watch(nodes, function* ({ type, object, old }, { cache }) {
            const facts = (node: typeof object): string =>
              JSON.stringify([readyOf(node)?.status, node.metadata.labels, node.metadata.deletionTimestamp])
            if (type === 'updated' && old && facts(object) === facts(old)) return
            for (const service of cache(services).list()) if (isOurs(service)) yield keyOf(service)
          }),
          watch(endpointSlices, ({ object }) => {
            const name = object.metadata.labels?.[serviceNameLabel]
            return name ? [{ namespace: object.metadata.namespace, name }] : []
          }),
        ],
        indexes: [
          index(endpointSlices, byService, ({ metadata }) => {
            const name = metadata.labels?.[serviceNameLabel]
            return name ? [`${metadata.namespace}/${name}`] : []
          }),
        ],
        writes: [services],
        reconcile: (key, ctx) => {
          // Every address in use must be known before the first is given out.
          held ??= filled(newPool(), ctx.cache(services).list())
          return reconcile(key, ctx, held)
        },
      }).run(environment)
    },
  }
}

const isOurs = ({ spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && (spec.loadBalancerClass === undefined || spec.loadBalancerClass === loadBalancerClass)

const holderOf = (service: Service): string => keyString(keyOf(service))
const addressOf = ({ status }: Service): string | undefined => status.loadBalancer?.ingress?.[0]?.ip

/** Of two that say they have one address, which only a restored backup can bring about, the older keeps it. */
function filled(pool: AddressPool, all: readonly Service[]): AddressPool {
  const oldestFirst = all
    .filter(isOurs)
    .toSorted((a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp))
  for (const service of oldestFirst) pool.hold(addressOf(service) ?? '', holderOf(service))
  return pool
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, pool: AddressPool): Promise<ReconcileResult> {
  const service = ctx.cache(services).get(key)
  if (!service || service.metadata.deletionTimestamp) {
    pool.release(keyString(key))
    return done
  }
  if (!ctx.seesOwnWrites(key)) return done
  if (!isOurs(service)) {
    pool.release(keyString(key))
    await takeBack(service, ctx)
    return done
  }
  const address = chooseAddress(service, ctx, pool)
  if (address === undefined) {
    await takeBack(service, ctx)
    return done
  }
  await announce(await give(service, address, ctx), ctx)
  return done
}

/** Synchronous: two services are never given the same address. */
function chooseAddress(service: Service, ctx: ReconcileContext, pool: AddressPool): string | undefined {
  const holder = holderOf(service)
  const wanted = service.spec.loadBalancerIP
  const current = pool.heldBy(holder)
  if (current !== undefined && (!wanted || wanted === current)) return current
  pool.release(holder)
  if (wanted) {
    if (pool.hold(wanted, holder)) return wanted
    return refused(service, ctx, `the address ${wanted} is ${pool.has(wanted) ? 'in use by another service' : 'not of the pool'}`)
  }
  return (
    pool.allocate(holder) ?? refused(service, ctx, 'no address of the pool is free (QUARTERDECK_LOAD_BALANCER_POOL names the addresses)')
  )
}

function refused(service: Service, { recorder }: ReconcileContext, why: string): undefined {
  recorder.event(service, 'Warning', 'SyncLoadBalancerFailed', `Error syncing load balancer: failed to ensure load balancer: ${why}`)
  return undefined
}

async function give(service: Service, address: string, ctx: ReconcileContext): Promise<Service> {
  if (addressOf(service) === address) return service
  ctx.recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  const loadBalancer = { ingress: [{ ip: address, ipMode: 'VIP' }] }
  const given = await ctx.client.update(services, { ...service, status: { ...service.status, loadBalancer } }, { subresource: 'status' })
  ctx.recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  return given
}

async function announce(service: Service, ctx: ReconcileContext): Promise<void> {
  const { namespace, name, annotations = {} } = service.metadata
  const current = annotations[announcedByAnnotation]
  const slices = ctx.cache(endpointSlices).byIndex(byService, `${namespace}/${name}`)
  const announcer = announcerOf(service, current, { nodes: ctx.cache(nodes).list(), slices })
  if (announcer === current) return
  await ctx.client.patch(
    services,
    keyOf(service),
    { metadata: { annotations: { [announcedByAnnotation]: announcer ?? null } } },
    { type: 'merge' },
  )
  if (announcer) ctx.recorder.event(service, 'Normal', 'NodeAssigned', `Announcing from node ${announcer}`)
}

/** Of a service that is none of ours any more, what we gave it. */
async function takeBack(service: Service, { client, recorder }: ReconcileContext): Promise<void> {
  const isAnothers = service.spec.type === 'LoadBalancer' && !isOurs(service)
  const hasAddress = service.status.loadBalancer?.ingress !== undefined && !isAnothers
  const isAnnounced = service.metadata.annotations?.[announcedByAnnotation] !== undefined
  try {
    if (isAnnounced)
      await client.patch(services, keyOf(service), { metadata: { annotations: { [announcedByAnnotation]: null } } }, { type: 'merge' })
    if (!hasAddress) return
    await client.patch(services, keyOf(service), { status: { loadBalancer: { ingress: null } } }, { type: 'merge', subresource: 'status' })
    recorder.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
