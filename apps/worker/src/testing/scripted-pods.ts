import { pods, type Pod } from '@quarterdeck/api'
import { isApiError, keyOf, timestamp } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { createInformer, type Clock } from '@quarterdeck/controller-runtime'

/** How a Pod ends: its exit code, or not at all. */
export type PodEnd = number | 'runs on'

export interface ScriptedPods {
  /** Every Pod that was seen, by uid, with the phase in which it ended. */
  ended: Map<string, 'Succeeded' | 'Failed'>
  seen: Set<string>
  /** Whether Pods that were asked to end go on for now. */
  holdDeleted(isHeld: boolean): void
  stop(): void
}

/** Runs Pods as their script says, as a node would: once started they end, and those asked to end do so and are gone. */
export function scriptPods(client: Client, endOf: (pod: Pod, nth: number) => PodEnd, clock: Clock): ScriptedPods {
  const stop = new AbortController()
  const seen = new Set<string>()
  const ended = new Map<string, 'Succeeded' | 'Failed'>()
  let holdsDeleted = false
  const informer = createInformer(client, pods, { signal: stop.signal })
  informer.onChange(({ type, object }) => {
    if (type !== 'deleted') void advance(object).catch(ignoreLateness)
  })

  async function advance(pod: Pod): Promise<void> {
    const { uid, deletionTimestamp } = pod.metadata
    seen.add(uid)
    if (deletionTimestamp && holdsDeleted) return
    const hasEnded = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
    if (!hasEnded) {
      const exitCode = deletionTimestamp ? 137 : endOf(pod, seen.size)
      if (exitCode !== 'runs on') return end(pod, exitCode)
      if (pod.status.phase !== 'Running') await writeStatus(pod, { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] })
    } else if (deletionTimestamp && pod.metadata.deletionGracePeriodSeconds !== 0)
      await client.delete(pods, keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid } })
  }

  async function end(pod: Pod, exitCode: number): Promise<void> {
    const finishedAt = timestamp(new Date(clock.now()))
    const state = { terminated: { exitCode, finishedAt } }
    const containerStatuses = [{ name: 'c', image: '', imageID: '', ready: false, restartCount: 0, state }]
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
    await writeStatus(pod, { phase, containerStatuses })
    ended.set(pod.metadata.uid, phase)
  }

  async function writeStatus(pod: Pod, status: Pod['status']): Promise<void> {
    await client.update(pods, { ...pod, status: { ...pod.status, ...status } }, { subresource: 'status' })
  }

  function holdDeleted(isHeld: boolean): void {
    holdsDeleted = isHeld
    if (!isHeld) for (const pod of informer.list()) void advance(pod).catch(ignoreLateness)
  }

  return { seen, ended, holdDeleted, stop: () => stop.abort() }
}

/** Someone else was faster: the next event tells. */
function ignoreLateness(error: unknown): void {
  if (!isApiError(error, 'NotFound', 'Conflict', 'ServiceUnavailable')) throw error
}
