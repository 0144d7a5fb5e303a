import { isDeepStrictEqual } from 'node:util'

import {
  isInQuotaScope,
  pods,
  quotaResourcesOf,
  quotaUsageOf,
  resourceQuotas,
  sumAmounts,
  type Amounts,
  type Kind,
  type ResourceQuota,
} from '@quarterdeck/api'
import { isApiError, keyOf, type KubeObject, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import {
  again,
  defineController,
  watch,
  done,
  withoutUndefined,
  type CacheChange,
  type Caches,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { hasEnded } from '../pods/pod-state.ts'

/** What time alone changes (a pod that should be gone) is seen after this. */
const lookAgainMs = 300_000
const retryMs = 20

/**
 * Works out what is used of each quota. Admission adds what comes; this takes off what went, and begins new quotas. It reads the
 * quota first and the objects after it, from the API and not from caches: whatever comes later changes the quota, so that this
 * write then fails and is made again, and a use that is shown is never too low.
 */
export function createResourceQuotaController(kinds: () => readonly Kind[]): Controller {
  const counted = kinds().filter((kind) => kind.scope === 'Namespaced' && !kind.storedAs && kind.verbs.includes('list'))
  return defineController({
    name: 'resourcequota',
    primary: resourceQuotas,
    watches: counted.map((kind) => watch(kind, (change, caches) => freed(kind, change, caches))),
    writes: [resourceQuotas],
    batchMs: 50,
    reconcile: (key, ctx) => reconcile(key, ctx, counted),
  })
}

/** The quotas that an object may have left something of. */
function* freed(kind: Kind, change: CacheChange<KubeObject>, { cache }: Caches): Iterable<ObjectKey> {
  if (!mayFree(kind, change)) return
  for (const quota of cache(resourceQuotas).list(change.object.metadata.namespace ?? ''))
    if (quotaResourcesOf(Object.keys(quota.spec?.hard ?? {})).has(kind.resource)) yield keyOf(quota)
}

function mayFree(kind: Kind, { type, object, old }: CacheChange<KubeObject>): boolean {
  if (type === 'deleted') return true
  if (!old) return false
  if (kind.resource === pods.resource) return hasEnded(object as never) && !hasEnded(old as never)
  return kind.resource === 'services' || kind.resource === 'persistentvolumeclaims'
}

async function reconcile(key: ObjectKey, { client, clock }: ReconcileContext, counted: readonly Kind[]): Promise<ReconcileResult> {
  const quota = await getIfExists(client, resourceQuotas, key)
  if (!quota || quota.metadata.deletionTimestamp) return done
  const hard = quota.spec?.hard ?? {}
  const resources = quotaResourcesOf(Object.keys(hard))
  let usage: Amounts = {}
  for (const kind of counted) {
    if (!resources.has(kind.resource)) continue
    const { items } = await client.list(kind, { namespace: key.namespace })
    for (const object of items)
      if (isInQuotaScope(quota.spec ?? {}, kind, object)) usage = sumAmounts(usage, quotaUsageOf(kind, object, clock.now()))
  }
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, usage[name] ?? '0']))
  const status: ResourceQuota['status'] = { hard, used }
  if (isDeepStrictEqual(withoutUndefined(status), withoutUndefined(quota.status ?? {}))) return again(lookAgainMs)
  try {
    await client.update(resourceQuotas, { ...quota, status }, { subresource: 'status' })
  } catch (error) {
    if (isApiError(error, 'NotFound')) return done
    if (isApiError(error, 'Conflict')) return again(retryMs)
    throw error
  }
  return again(lookAgainMs)
}
