import {
  configMaps,
  dayOf,
  pods,
  secrets,
  serviceAccounts,
  tokenInvalidSinceLabel,
  tokenSecretType,
  tokenTrackingConfigMap,
  type Pod,
} from '@quarterdeck/api'
import { isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import {
  again,
  defineController,
  done,
  index,
  onlyThis,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { planTokenCleanup } from './plan-token-cleanup.ts'
import { accountKeyOf } from './token-secret-controller.ts'

/** Pods, by the Secrets `namespace/name` that they mount. */
const podsBySecret = 'mounted-secret'
/** The longest a timer of the runtime can be. */
const longestWaitMs = 24 * 3600 * 1000

/** Makes tokens invalid that nobody used for a year, and removes them after another. */
export const unusedTokenController = defineController({
  name: 'legacy-serviceaccount-token-cleaner',
  component: 'legacy-service-account-token-cleaner',
  primary: secrets,
  primarySelector: `type=${tokenSecretType}`,
  reads: [serviceAccounts, pods],
  indexes: [index(pods, podsBySecret, (pod) => secretsMountedBy(pod).map((name) => `${pod.metadata.namespace}/${name}`))],
  writes: [secrets],
  reconcile,
})

const secretsMountedBy = ({ spec }: Pod): string[] => (spec.volumes ?? []).flatMap(({ secret }) => secret?.secretName ?? [])

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const secret = ctx.cache(secrets).get(key)
  if (!secret || secret.metadata.deletionTimestamp) return done
  const account = ctx.cache(serviceAccounts).get(accountKeyOf(secret))
  const isListed = account?.secrets?.some(({ name }) => name === key.name) ?? false
  if (!isListed) return again(longestWaitMs)
  const tracking = await getIfExists(ctx.client, configMaps, { namespace: 'kube-system', name: tokenTrackingConfigMap })
  if (!tracking) return again(longestWaitMs)
  const isMounted = ctx.cache(pods).byIndex(podsBySecret, `${key.namespace}/${key.name}`).length > 0
  const nowMs = ctx.clock.now()
  const plan = planTokenCleanup(secret, { isListed, isMounted, trackedSince: tracking.data?.['since'] ?? '' }, nowMs)
  const { options } = onlyThis(secret)
  if (plan.do === 'keep') return again(Math.min(plan.lookAgainInMs ?? longestWaitMs, longestWaitMs))
  try {
    if (plan.do === 'delete') await ctx.client.delete(secrets, keyOf(secret), options)
    else {
      const labels = { ...secret.metadata.labels, [tokenInvalidSinceLabel]: dayOf(nowMs) }
      await ctx.client.update(secrets, { ...secret, metadata: { ...secret.metadata, labels } })
    }
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
  return done
}
