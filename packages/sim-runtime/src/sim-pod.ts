import type { Pod, V1ContainerStatus, V1PodCondition, V1PodStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

/** On a pod: it succeeds after so many seconds of running, as a job's would. */
export const completeAfterAnnotation = 'sim.quarterdeck.io/complete-after-seconds'
/** On a pod with the annotation above: it fails instead. */
export const failAnnotation = 'sim.quarterdeck.io/fail'

/** What a simulated pod does next, and when: counted in ms from now. */
export type SimStep =
  | { type: 'start'; delayMs: number }
  | { type: 'restore'; delayMs: number }
  | { type: 'end'; delayMs: number; phase: 'Succeeded' | 'Failed' }
  | { type: 'delete'; delayMs: number }
  | undefined

/** The state machine of a simulated pod: Pending, Running, perhaps ended; gone once it was deleted and had its grace. */
export function nextStep(pod: Pod, options: { nowMs: number; startDelayMs: number }): SimStep {
  const { metadata, status } = pod
  if (metadata.deletionTimestamp !== undefined) {
    // Who holds the pod back waits to see how it ended: a job counts it only then.
    if (metadata.finalizers?.length && status.phase !== 'Succeeded' && status.phase !== 'Failed')
      return { type: 'end', delayMs: 0, phase: 'Failed' }
    // A simulated process ends as soon as it is told to: its grace is not used up.
    return { type: 'delete', delayMs: 0 }
  }
  if (status.phase === 'Pending' || status.phase === undefined) return { type: 'start', delayMs: options.startDelayMs }
  // Only who took the node for dead leaves these two at odds, and a node that lives says otherwise, as a kubelet does.
  if (status.phase === 'Running' && conditionOf(pod, 'Ready') === 'False' && conditionOf(pod, 'ContainersReady') === 'True')
    return { type: 'restore', delayMs: 0 }
  const seconds = Number(metadata.annotations?.[completeAfterAnnotation])
  if (status.phase !== 'Running' || Number.isNaN(seconds)) return undefined
  const startedAtMs = Date.parse(status.startTime ?? '') || options.nowMs
  const phase = metadata.annotations?.[failAnnotation] === 'true' ? 'Failed' : 'Succeeded'
  return { type: 'end', delayMs: Math.max(0, startedAtMs + seconds * 1000 - options.nowMs), phase }
}

export interface RunningAs {
  podIp: string
  hostIp: string
  nowMs: number
}

export function runningStatus(pod: Pod, { podIp, hostIp, nowMs }: RunningAs): V1PodStatus {
  const now = timestamp(new Date(nowMs))
  return {
    ...pod.status,
    phase: 'Running',
    startTime: now,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: podIp,
    podIPs: [{ ip: podIp }],
    conditions: conditionsOf(pod, { isReady: true, now }),
    ...(pod.spec.initContainers
      ? { initContainerStatuses: pod.spec.initContainers.map((c) => endedContainer(c, { exitCode: 0, now, startedAt: now })) }
      : {}),
    containerStatuses: pod.spec.containers.map((container) => ({
      ...containerBase(container),
      state: { running: { startedAt: now } },
      ready: true,
      started: true,
    })),
  }
}

export function restoredStatus(pod: Pod, nowMs: number): V1PodStatus {
  return { ...pod.status, conditions: conditionsOf(pod, { isReady: true, now: timestamp(new Date(nowMs)) }) }
}

export function endedStatus(pod: Pod, phase: 'Succeeded' | 'Failed', nowMs: number): V1PodStatus {
  const now = timestamp(new Date(nowMs))
  const startedAt = pod.status.startTime ?? now
  return {
    ...pod.status,
    phase,
    conditions: conditionsOf(pod, { isReady: false, now }),
    containerStatuses: pod.spec.containers.map((container) =>
      endedContainer(container, { exitCode: phase === 'Succeeded' ? 0 : 1, now, startedAt }),
    ),
  }
}

const containerBase = (container: { name: string; image?: string | undefined }): V1ContainerStatus => ({
  name: container.name,
  image: container.image ?? '',
  imageID: '',
  lastState: {},
  restartCount: 0,
  ready: false,
})

function endedContainer(
  container: { name: string },
  { exitCode, now, startedAt }: { exitCode: number; now: string; startedAt: string },
): V1ContainerStatus {
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  return { ...containerBase(container), started: false, state: { terminated: { exitCode, reason, startedAt, finishedAt: now } } }
}

const conditionOf = (pod: Pod, type: string): string | undefined => pod.status.conditions?.find((c) => c.type === type)?.status

function conditionsOf(pod: Pod, { isReady, now }: { isReady: boolean; now: string }): V1PodCondition[] {
  const own: Record<string, boolean> = {
    PodReadyToStartContainers: isReady,
    Initialized: true,
    Ready: isReady,
    ContainersReady: isReady,
    PodScheduled: true,
  }
  const before = new Map((pod.status.conditions ?? []).map((condition) => [condition.type, condition]))
  const conditions = Object.entries(own).map(([type, holds]): V1PodCondition => {
    const status = holds ? 'True' : 'False'
    const old = before.get(type)
    before.delete(type)
    return { type, status, lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now }
  })
  return [...conditions, ...before.values()]
}
