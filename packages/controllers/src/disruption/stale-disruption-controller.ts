import { pods } from '@quarterdeck/api'
import { isApiError, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import { again, defineController, done, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { conditionOf, hasEnded, isTerminating } from '../pods/pod-state.ts'

const type = 'DisruptionTarget'
/** Who said that a pod is to go and has not deleted it within this time has thought better of it, or is no more. */
const staleAfterMs = 120_000

/** Takes back from pods that live on that they are about to be disrupted. A kubelet's own word stands, however long it takes. */
export const staleDisruptionController = defineController({ name: 'stale-disruption', primary: pods, writes: [pods], reconcile })

async function reconcile(key: ObjectKey, { cache, client, clock }: ReconcileContext): Promise<ReconcileResult> {
  const pod = cache(pods).get(key)
  const condition = pod && conditionOf(pod, type)
  if (!pod || condition?.status !== 'True' || condition.reason === 'TerminationByKubelet' || isTerminating(pod) || hasEnded(pod))
    return done
  const leftMs = Date.parse(condition.lastTransitionTime ?? '') + staleAfterMs - clock.now()
  if (leftMs > 0) return again(leftMs)
  const conditions = (pod.status.conditions ?? []).filter((c) => c.type !== type)
  conditions.push({ type, status: 'False', lastTransitionTime: timestamp(new Date(clock.now())) })
  try {
    await client.update(pods, { ...pod, status: { ...pod.status, conditions } }, { subresource: 'status' })
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
  return done
}
