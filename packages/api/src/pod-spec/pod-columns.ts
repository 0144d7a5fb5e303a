import type { V1ContainerStatus } from '../generated/types.ts'
import { ageColumn, nameColumn, type Column } from '../kind.ts'
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

function isRestartableInit(pod: Pod, name: string): boolean {
  return pod.spec.initContainers?.find((c) => c.name === name)?.restartPolicy === 'Always'
}

function summarize(pod: Pod): PodSummary {
  const status = pod.status
  const initStatuses = status.initContainerStatuses ?? []
  const statuses = status.containerStatuses ?? []
  const sidecars = (pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')
  const initial = initReason(pod, initStatuses)
  let reason = status.reason || status.phase || 'Unknown'
  if (status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) reason = 'SchedulingGated'
  const isInitializing = initial !== undefined
  const counted = isInitializing ? initStatuses : [...statuses, ...initStatuses.filter((s) => isRestartableInit(pod, s.name))]
  const sidecarsReady = initStatuses.filter((s) => isRestartableInit(pod, s.name) && s.ready).length
  const ready = statuses.filter((s) => s.ready && s.state?.running).length + sidecarsReady
  if (initial !== undefined) reason = initial
  else reason = containerReason(pod, statuses) ?? reason
  if (pod.metadata.deletionTimestamp) reason = status.reason === 'NodeLost' ? 'Unknown' : isFinished(status.phase) ? reason : 'Terminating'
  return {
    ready,
    total: pod.spec.containers.length + sidecars.length,
    status: reason,
    restarts: counted.reduce((sum, s) => sum + (s.restartCount ?? 0), 0),
    lastRestartAt: counted
      .map((s) => s.lastState?.terminated?.finishedAt)
      .filter((t) => t !== undefined)
      .toSorted()
      .at(-1),
  }
}

function isFinished(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}

/** Why initialization is not over; undefined when it is. */
function initReason(pod: Pod, statuses: readonly V1ContainerStatus[]): string | undefined {
  const total = pod.spec.initContainers?.length ?? 0
  for (const [i, { name, state, started }] of statuses.entries()) {
    if (state?.terminated?.exitCode === 0) continue
    if (isRestartableInit(pod, name) && started) continue
    if (state?.terminated) return `Init:${state.terminated.reason || exitText(state.terminated)}`
    if (state?.waiting?.reason && state.waiting.reason !== 'PodInitializing') return `Init:${state.waiting.reason}`
    return `Init:${i}/${total}`
  }
  return undefined
}

/** What the containers add to the phase; of several the first container's word stands. */
function containerReason(pod: Pod, statuses: readonly V1ContainerStatus[]): string | undefined {
  let reason: string | undefined
  let hasRunning = false
  for (const { state, ready } of statuses.toReversed()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated) reason = state.terminated.reason || exitText(state.terminated)
    else if (ready && state?.running) hasRunning = true
  }
  if (reason !== 'Completed' || !hasRunning) return reason
  return pod.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ? 'Running' : 'NotReady'
}

function exitText({ signal, exitCode }: { signal?: number | undefined; exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartAt } = podSummaryOf(pod)
  if (restarts === 0 || !lastRestartAt) return String(restarts)
  return `${restarts} (${shortDuration(nowMs - Date.parse(lastRestartAt))} ago)`
}

function shortDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)}h`
  return `${Math.floor(seconds / 86_400)}d`
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter((g) => status.conditions?.some((c) => c.type === g.conditionType && c.status === 'True')).length
  return `${met}/${gates.length}`
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'Containers that are ready, of all in the pod.',
    priority: 0,
    value: (o) => `${podSummaryOf(o).ready}/${podSummaryOf(o).total}`,
  },
  { name: 'Status', type: 'string', description: 'State of the pod as a whole.', priority: 0, value: (o) => podSummaryOf(o).status },
  {
    name: 'Restarts',
    type: 'string',
    description: 'Times its containers were restarted, and when last.',
    priority: 0,
    value: restartsText,
  },
  ageColumn,
  { name: 'IP', type: 'string', description: 'Address of the pod.', priority: 1, value: (o) => o.status.podIP || '<none>' },
  { name: 'Node', type: 'string', description: 'Node the pod is assigned to.', priority: 1, value: (o) => o.spec.nodeName || '<none>' },
  {
    name: 'Nominated Node',
    type: 'string',
    description: 'Node where room is being made for the pod.',
    priority: 1,
    value: (o) => o.status.nominatedNodeName || '<none>',
  },
  { name: 'Readiness Gates', type: 'string', description: 'Readiness gates that are met, of all.', priority: 1, value: gatesText },
]
