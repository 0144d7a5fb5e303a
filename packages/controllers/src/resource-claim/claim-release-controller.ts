import {
  isDoneWithClaims,
  pods,
  resourceClaimFinalizer,
  resourceClaimNamesOf,
  resourceClaims,
  type Pod,
  type ResourceClaim,
  type V1ResourceClaimConsumerReference,
} from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { absentIfNotFound, getIfExists } from '@quarterdeck/client'
import { defineController, done, onlyThis, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { isPod, planRelease } from './plan-release.ts'

/** Takes pods that are gone or done out of claims, gives back devices that nobody uses, and deletes claims made for pods that are done. */
export const claimReleaseController = defineController({
  name: 'resource-claim-release',
  primary: resourceClaims,
  watches: [
    watch(pods, ({ type, object }, { cache }) =>
      object.spec.resourceClaims?.length && (type === 'deleted' || isDoneWithClaims(object))
        ? [
            ...resourceClaimNamesOf(object).map((name) => ({ namespace: object.metadata.namespace, name })),
            ...cache(resourceClaims).ownedBy(object).map(keyOf),
          ]
        : [],
    ),
  ],
  writes: [resourceClaims],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const claim = ctx.cache(resourceClaims).get(key)
  if (!claim || !ctx.seesOwnWrites(key)) return done
  const { namespace } = claim.metadata
  const gone = await goneConsumers(claim, ctx)
  const plan = planRelease(claim, {
    isGone: ({ uid }) => gone.has(uid),
    podOf: (name) => ctx.cache(pods).get({ namespace, name }),
  })
  const { client } = ctx
  const current = plan.status ? await client.update(resourceClaims, { ...claim, status: plan.status }, { subresource: 'status' }) : claim
  if (plan.endsProtection) {
    const finalizers = current.metadata.finalizers?.filter((name) => name !== resourceClaimFinalizer)
    const metadata = { ...current.metadata, finalizers }
    await client.update(resourceClaims, { ...current, metadata }).catch(absentIfNotFound)
  }
  if (plan.isUnneeded) {
    const target = onlyThis(claim)
    await client.delete(resourceClaims, target.key, target.options).catch(absentIfNotFound)
  }
  return done
}

/** Uids of the pods in reservedFor that don't need the claim any more. The cache may not have the newest pods: the server is asked for those it lacks. */
async function goneConsumers(claim: ResourceClaim, ctx: ReconcileContext): Promise<ReadonlySet<string>> {
  const gone = new Set<string>()
  for (const consumer of claim.status.reservedFor?.filter(isPod) ?? []) {
    const pod = await podOf(consumer, claim, ctx)
    if (!pod || pod.metadata.uid !== consumer.uid || isDoneWithClaims(pod)) gone.add(consumer.uid)
  }
  return gone
}

async function podOf({ name }: V1ResourceClaimConsumerReference, claim: ResourceClaim, ctx: ReconcileContext): Promise<Pod | undefined> {
  const key = { namespace: claim.metadata.namespace, name }
  return ctx.cache(pods).get(key) ?? (await getIfExists(ctx.client, pods, key))
}
