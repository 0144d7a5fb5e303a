import { ipAddresses, serviceCidrs, type ServiceCIDR } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound } from '@quarterdeck/client'
import {
  again,
  defineController,
  done,
  watch,
  type Caches,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { canGo, readyCondition } from './plan-service-cidr.ts'

const finalizer = 'networking.k8s.io/service-cidr-finalizer'
/** So long servers may give out addresses of a network that is going. */
const graceMs = 10_000

const leaving = (_change: unknown, { cache }: Caches): ObjectKey[] =>
  cache(serviceCidrs)
    .list()
    .filter(({ metadata }) => metadata.deletionTimestamp)
    .map(keyOf)

/** Says that networks are ready, and keeps those that are deleted as long as addresses of theirs are taken. */
export const serviceCidrController = defineController({
  name: 'service-cidr',
  component: 'service-cidr-controller',
  primary: serviceCidrs,
  watches: [
    watch(ipAddresses, (change, caches) => (change.type === 'deleted' ? leaving(change, caches) : [])),
    watch(serviceCidrs, leaving),
  ],
  writes: [serviceCidrs],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const cidr = ctx.cache(serviceCidrs).get(key)
  if (!cidr || !ctx.seesOwnWrites(key)) return done
  const { deletionTimestamp, finalizers = [] } = cidr.metadata
  if (deletionTimestamp === undefined) {
    const kept = finalizers.includes(finalizer) ? cidr : await setFinalizers(cidr, [...finalizers, finalizer], ctx)
    if (kept) await setReady(kept, true, ctx)
    return done
  }
  if (!finalizers.includes(finalizer)) return done
  const addresses = ctx
    .cache(ipAddresses)
    .list()
    .map(({ metadata }) => metadata.name)
  if (!canGo(cidr, ctx.cache(serviceCidrs).list(), addresses)) {
    await setReady(cidr, false, ctx)
    return done
  }
  const leftMs = Date.parse(deletionTimestamp) + graceMs - ctx.clock.now()
  if (leftMs > 0) return again(leftMs)
  await setFinalizers(
    cidr,
    finalizers.filter((name) => name !== finalizer),
    ctx,
  )
  return done
}

async function setFinalizers(cidr: ServiceCIDR, finalizers: string[], { client }: ReconcileContext): Promise<ServiceCIDR | undefined> {
  return client.update(serviceCidrs, { ...cidr, metadata: { ...cidr.metadata, finalizers } }).catch(absentIfNotFound)
}

async function setReady(cidr: ServiceCIDR, isReady: boolean, { client, clock }: ReconcileContext): Promise<void> {
  const { conditions = [] } = cidr.status
  const ready = readyCondition(cidr, isReady, clock.now())
  if (conditions.includes(ready)) return
  const status = { ...cidr.status, conditions: [...conditions.filter(({ type }) => type !== 'Ready'), ready] }
  await client.update(serviceCidrs, { ...cidr, status }, { subresource: 'status' }).catch(absentIfNotFound)
}
