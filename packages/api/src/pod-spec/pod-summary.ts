import type { V1ContainerStatus } from '../generated/types.ts'
import type { Pod } from '../kinds/pod.ts'

/** What `kubectl get pods` shows of a pod as a whole. */
export interface PodSummary {
  ready: number
  total: number
  /** `Running`, `Init:0/2`, `CrashLoopBackOff`, `Terminating` … */
  status: string
  restarts: number
  /** RFC 3339; of the container that ended last. */
  lastRestartAt: string | undefined
}

const summaries = new WeakMap<Pod, PodSummary>()

/** Derived once per object, which is never changed. */
export function podSummaryOf(pod: Pod): PodSummary {
  let summary = summaries.get(pod)
  if (!summary) summaries.set(pod, (summary = summarize(pod)))
  return summary
}

function summarize(pod: Pod): PodSummary {
  const { status, spec } = pod
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name))
  const initial = initializationOf(pod, sidecars)
  const statuses = status.containerStatuses ?? []
  // A pod once initialized is judged by its containers, though a sidecar be down.
  const showsContainers = initial.reason === undefined || hasCondition(pod, 'Initialized')
  const counted = showsContainers ? [...initial.seen.filter((s) => sidecars.has(s.name)), ...statuses] : initial.seen
  const running = showsContainers ? statuses.filter(isReadyAndRunning).length : 0
  const before = initial.reason ?? phaseReason(pod)
  return {
    ready: initial.readySidecars + running,
    total: spec.containers.length + sidecars.size,
    status: deletionReason(pod) ?? (showsContainers ? containerReason(pod, statuses, before) : before),
    restarts: counted.reduce((sum, s) => sum + (s.restartCount ?? 0), 0),
    lastRestartAt: counted
      .flatMap((s) => s.lastState?.terminated?.finishedAt ?? [])
      .toSorted()
      .at(-1),
  }
}

function phaseReason({ status }: Pod): string {
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) return 'SchedulingGated'
  return status.reason || status.phase || 'Unknown'
}

/** A pod that has ended keeps its word until it is gone. */
function deletionReason({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined
  if (status.reason === 'NodeLost') return 'Unknown'
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating'
}

interface Initialization {
  /** Why it is not over; undefined when it is. */
  reason: string | undefined
  /** The statuses up to the one that holds it up. */
  seen: V1ContainerStatus[]
  readySidecars: number
}

function initializationOf({ spec, status }: Pod, sidecars: ReadonlySet<string>): Initialization {
  const seen: V1ContainerStatus[] = []
  let readySidecars = 0
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    seen.push(container)
    const { state, name, started, ready } = container
    if (state?.terminated?.exitCode === 0) continue
    if (sidecars.has(name) && started) {
      if (ready) readySidecars++
      continue
    }
    const waiting = state?.waiting?.reason === 'PodInitializing' ? undefined : state?.waiting?.reason
    const why = state?.terminated ? endText(state.terminated) : waiting || `${i}/${spec.initContainers?.length ?? 0}`
    return { reason: `Init:${why}`, seen, readySidecars }
  }
  return { reason: undefined, seen, readySidecars }
}

/** What the containers add; of several the first container's word stands. */
function containerReason(pod: Pod, statuses: readonly V1ContainerStatus[], before: string): string {
  let reason = before
  let failure = ''
  for (const { state } of statuses.toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) {
      reason = endText(state.terminated)
      if (state.terminated.exitCode !== 0) failure = reason
    }
  }
  if (reason !== 'Completed') return reason
  const hasRunning = statuses.some(isReadyAndRunning)
  if (hasRunning && hasCondition(pod, 'Ready')) return 'Running'
  return failure || (hasRunning ? 'NotReady' : reason)
}

function isReadyAndRunning({ ready, state }: V1ContainerStatus): boolean {
  return ready && state?.running !== undefined && !state.waiting?.reason && !state.terminated
}

function hasCondition({ status }: Pod, type: string): boolean {
  return status.conditions?.some((c) => c.type === type && c.status === 'True') ?? false
}

function endText({ reason, signal, exitCode }: { reason?: string | undefined; signal?: number | undefined; exitCode: number }): string {
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}
