import { pods, type Pod, type V1PodCondition } from '@quarterdeck/api'
import { isApiError, keyOf, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { Clock, Logger } from '@quarterdeck/controller-runtime'

export interface UnscheduledCondition {
  reason: 'Unschedulable' | 'SchedulingGated' | 'SchedulerError'
  message: string
  /** Where room is being made; '': nowhere any more; absent: as before. */
  nominatedNodeName?: string | undefined
}

export interface PodConditionWriter {
  /** Sets PodScheduled to False. Returns at once; of several conditions of one Pod that wait, the last is written. */
  set(pod: Pod, condition: UnscheduledCondition): void
  /** Takes back status.nominatedNodeName. */
  clearNomination(pod: Pod): void
  /** The Pod gets a node: what waits is dropped. A promise if something is being written: what comes later must come after it. */
  end(podUid: string): Promise<void> | undefined
}

const maxInFlight = 128

/** Writes PodScheduled conditions in the background: a Pod that can't be placed must not hold up those that can. */
export function createPodConditionWriter(client: Client, { clock, log }: { clock: Clock; log: Logger }): PodConditionWriter {
  const waiting = new Map<string, { pod: Pod; condition: UnscheduledCondition }>()
  const inFlight = new Map<string, Promise<void>>()

  function pump(): void {
    for (const [uid, next] of waiting) {
      if (inFlight.size >= maxInFlight) return
      if (inFlight.has(uid)) continue
      waiting.delete(uid)
      const writing = write(next.pod, next.condition).finally(() => {
        inFlight.delete(uid)
        pump()
      })
      inFlight.set(uid, writing)
    }
  }

  async function write(pod: Pod, { reason, message, nominatedNodeName }: UnscheduledCondition): Promise<void> {
    const current = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
    const now = timestamp(new Date(clock.now()))
    const condition: V1PodCondition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
      lastTransitionTime: current?.status === 'False' ? (current.lastTransitionTime ?? now) : now,
    }
    try {
      await client.patch(
        pods,
        keyOf(pod),
        {
          metadata: { uid: pod.metadata.uid },
          status: {
            conditions: [condition],
            ...(nominatedNodeName === undefined ? {} : { nominatedNodeName: nominatedNodeName || null }),
          },
        },
        { type: 'strategic', subresource: 'status' },
      )
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) log.warn('a pod condition was not written', { pod: keyOf(pod), error })
    }
  }

  async function writeNomination(pod: Pod): Promise<void> {
    const patch = { metadata: { uid: pod.metadata.uid }, status: { nominatedNodeName: null } }
    try {
      await client.patch(pods, keyOf(pod), patch, { type: 'merge', subresource: 'status' })
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) log.warn('a nomination was not taken back', { pod: keyOf(pod), error })
    }
  }

  return {
    clearNomination: (pod) => {
      const { uid } = pod.metadata
      const unwritten = waiting.get(uid)
      if (unwritten) unwritten.condition.nominatedNodeName = ''
      else void (inFlight.get(uid) ?? Promise.resolve()).then(() => writeNomination(pod))
    },
    set: (pod, condition) => {
      const current = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
      const isSame = current?.status === 'False' && current.reason === condition.reason && current.message === condition.message
      const { nominatedNodeName = pod.status.nominatedNodeName } = condition
      if (isSame && (nominatedNodeName || '') === (pod.status.nominatedNodeName ?? '')) return
      const unwritten = waiting.get(pod.metadata.uid)?.condition.nominatedNodeName
      waiting.set(pod.metadata.uid, { pod, condition: { ...condition, nominatedNodeName: condition.nominatedNodeName ?? unwritten } })
      pump()
    },
    end: (podUid) => {
      waiting.delete(podUid)
      return inFlight.get(podUid)
    },
  }
}
