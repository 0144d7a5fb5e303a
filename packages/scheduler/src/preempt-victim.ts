import { pods } from '@quarterdeck/api'
import { isApiError, keyOf, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { Clock, EventRecorder, Logger } from '@quarterdeck/controller-runtime'

import type { Preemption } from './plugins/default-preemption/default-preemption.ts'

const maxInFlight = 256

/**
 * Ends victims of preemption: says in their status why, then deletes them with their grace period. One that is gone already is no
 * failure.
 */
export function createVictimEvictor(
  client: Client,
  { clock, events, log }: { clock: Clock; events: EventRecorder; log: Logger },
): (preemption: Preemption) => Promise<void> {
  const waiting: (() => void)[] = []
  let inFlight = 0
  return async (preemption) => {
    if (inFlight >= maxInFlight) await new Promise<void>((resolve) => waiting.push(resolve))
    inFlight++
    try {
      await endVictim(client, clock, preemption)
      const { victim, preemptor, nodeName } = preemption
      events.event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${preemptor.uid} on node ${nodeName}`)
    } catch (error) {
      if (isApiError(error, 'NotFound')) return
      log.warn('a victim of preemption could not be deleted', { pod: preemption.victim.key, error })
      throw error
    } finally {
      inFlight--
      waiting.shift()?.()
    }
  }
}

async function endVictim(client: Client, clock: Clock, { victim: { pod }, preemptor }: Preemption): Promise<void> {
  const { uid } = pod.metadata
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${preemptor.pod.spec.schedulerName ?? 'default-scheduler'}: preempting to accommodate a higher priority pod`,
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
    lastTransitionTime: timestamp(new Date(clock.now())),
  }
  await client.patch(
    pods,
    keyOf(pod),
    { metadata: { uid }, status: { conditions: [condition] } },
    { type: 'strategic', subresource: 'status' },
  )
  await client.delete(pods, keyOf(pod), { preconditions: { uid } })
}
