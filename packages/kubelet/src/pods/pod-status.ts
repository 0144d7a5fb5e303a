import type { Pod, V1ContainerStateTerminated, V1ContainerStatus, V1PodStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

import { containerStatusOf, type ContainerStatusInput } from './container-status.ts'
import { podConditionsOf } from './pod-conditions.ts'
import {
  activeSandboxOf,
  containersOf,
  initContainersOf,
  isTerminalPhase,
  latestOf,
  mainContainersOf,
  type PodContainer,
  type PodView,
} from './pod-model.ts'
import { hasRestartAllRule, mayRestart, restartOfAll } from './restart-policy.ts'

export interface PodStatusInput extends Omit<ContainerStatusInput, 'isInitialized'> {
  pod: Pod
  view: PodView
  nowMs: number
  hostIps: readonly string[]
  /** The pod is over whatever its containers say: deleted with all of them stopped, or past its deadline. */
  ended: { phase?: 'Failed' | 'Succeeded'; reason?: string; message?: string } | undefined
}

/** The whole status of a pod from what the runtime has of it. Keeps what others write: their conditions, the QoS class. */
export function podStatusOf(input: PodStatusInput): V1PodStatus {
  const { pod, view } = input
  const init = initContainersOf(pod)
  const initStatuses = init.map((container) => containerStatusOf({ ...input, isInitialized: true }, container))
  const isPast = pod.spec.containers.some((spec) => view.containers.some((found) => found.name === spec.name))
  const isInitialized = isPast || initStatuses.every((status, i) => isInitDone(status, init[i]?.role === 'sidecar'))
  const statuses = mainContainersOf(pod).map((container) => containerStatusOf({ ...input, isInitialized }, container))
  const all = restartOfAll(pod, view)
  const outdated = new Set(
    containersOf(pod)
      .map(({ spec }) => spec.name)
      .filter((name) => {
        const latest = latestOf(view, name)
        return latest && all.isOutdated(latest)
      }),
  )
  const phase = phaseOf(input, { initStatuses, statuses, isInitialized, outdated })
  const sandbox = activeSandboxOf(view)
  const ips = pod.spec.hostNetwork ? input.hostIps : sandbox?.ip ? [sandbox.ip] : (pod.status.podIPs ?? []).map((entry) => entry.ip)
  const status: V1PodStatus = {
    ...pod.status,
    observedGeneration: pod.metadata.generation,
    phase,
    startTime: pod.status.startTime ?? timestamp(new Date(input.nowMs)),
    hostIP: input.hostIps[0],
    hostIPs: input.hostIps.map((ip) => ({ ip })),
    ...(ips.length > 0 ? { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) } : {}),
    ...(input.ended?.reason ? { reason: input.ended.reason } : {}),
    ...(input.ended?.message ? { message: input.ended.message } : {}),
    ...(init.length > 0 ? { initContainerStatuses: initStatuses } : {}),
    containerStatuses: statuses,
  }
  status.conditions = podConditionsOf({
    pod,
    phase,
    nowMs: input.nowMs,
    hasSandbox: sandbox !== undefined,
    incompleteInit: isInitialized ? [] : initStatuses.filter((s, i) => !isInitDone(s, init[i]?.role === 'sidecar')).map((s) => s.name),
    restartsAll: hasRestartAllRule(pod) ? outdated.size > 0 : undefined,
    unready: [...initStatuses.filter((_, i) => init[i]?.role === 'sidecar'), ...statuses].filter((s) => !s.ready).map((s) => s.name),
  })
  return status
}

function isInitDone(status: V1ContainerStatus, isSidecar: boolean): boolean {
  return isSidecar ? status.started === true : status.state?.terminated?.exitCode === 0
}

interface Statuses {
  initStatuses: V1ContainerStatus[]
  statuses: V1ContainerStatus[]
  isInitialized: boolean
  /** Containers that make way for a restart of all, by name. */
  outdated: ReadonlySet<string>
}

function phaseOf(input: PodStatusInput, found: Statuses): string {
  const { pod, ended } = input
  if (isTerminalPhase(pod.status.phase)) return pod.status.phase ?? 'Failed'
  if (ended?.phase) return ended.phase
  if (ended) return [...found.statuses].every((status) => status.state?.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  return phaseOfContainers(pod, found)
}

function phaseOfContainers(pod: Pod, { initStatuses, statuses, isInitialized, outdated }: Statuses): string {
  const init = initContainersOf(pod)
  const main = mainContainersOf(pod)
  const isFinal = (container: PodContainer, status: V1ContainerStatus): boolean => {
    const exitCode = endOf(status)?.exitCode
    return exitCode !== undefined && !outdated.has(status.name) && !mayRestart(pod, container, exitCode)
  }
  if (initStatuses.some((status, i) => init[i]?.role === 'init' && endOf(status)?.exitCode !== 0 && isFinal(init[i], status)))
    return 'Failed'
  if (!isInitialized) return 'Pending'
  if (statuses.some((status) => status.state?.waiting && !status.lastState?.terminated)) return 'Pending'
  if (statuses.some((status) => status.state?.running)) return 'Running'
  if (!statuses.every(endOf)) return 'Pending'
  if (!statuses.every((status, i) => main[i] && isFinal(main[i], status))) return 'Running'
  return statuses.every((status) => endOf(status)?.exitCode === 0) ? 'Succeeded' : 'Failed'
}

/** How the last run of a container that does not run ended. */
function endOf({ state, lastState }: V1ContainerStatus): V1ContainerStateTerminated | undefined {
  return state?.terminated ?? (state?.waiting && lastState?.terminated)
}
