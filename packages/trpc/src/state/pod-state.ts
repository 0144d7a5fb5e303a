import type { Pod, V1ContainerStatus } from '@quarterdeck/api'

import type { State, Tone } from './state.ts'

const waitingTone: Record<string, Tone> = { ContainerCreating: 'progress', PodInitializing: 'progress' }

/** As `kubectl get pods` words it: the first thing that keeps the pod from running, else its phase. */
export function podState(pod: Pod): State {
  const { spec, status } = pod
  if (status.reason) return { text: status.reason, tone: status.phase === 'Failed' ? 'bad' : 'warning', reason: status.message }
  return initState(pod) ?? containerState(pod) ?? { text: status.phase ?? 'Pending', ...toneOfPhase(pod, spec.nodeName) }
}

function initState({ spec, status }: Pod): State | undefined {
  const total = spec.initContainers?.length ?? 0
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {}
    const restarts = spec.initContainers?.[index]?.restartPolicy === 'Always'
    if (terminated?.exitCode === 0 || (restarts && container.started)) continue
    if (terminated) return { text: `Init:${terminated.reason ?? 'Error'}`, tone: 'bad', reason: terminated.message }
    if (waiting?.reason && waiting.reason !== 'PodInitializing')
      return { text: `Init:${waiting.reason}`, tone: 'bad', reason: waiting.message }
    return { text: `Init:${index}/${total}`, tone: 'progress' }
  }
  return undefined
}

function containerState({ status }: Pod): State | undefined {
  const containers = status.containerStatuses ?? []
  for (const { state } of containers) {
    const { waiting, terminated } = state ?? {}
    if (waiting?.reason) return { text: waiting.reason, tone: waitingTone[waiting.reason] ?? 'bad', reason: waiting.message }
    if (terminated && terminated.exitCode !== 0) return ended(terminated)
  }
  if (status.phase !== 'Running') return undefined
  const unready = containers.filter((c) => !c.ready && !c.state?.terminated)
  if (containers.length > 0 && containers.every((c) => c.state?.terminated)) return { text: 'Completed', tone: 'neutral' }
  return unready.length > 0
    ? { text: 'Not ready', tone: 'warning', reason: `not ready: ${unready.map((c) => c.name).join(', ')}` }
    : { text: 'Running', tone: 'good' }
}

function ended({ reason, exitCode, signal, message }: NonNullable<NonNullable<V1ContainerStatus['state']>['terminated']>): State {
  return { text: reason ?? (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`), tone: 'bad', reason: message ?? `exit code ${exitCode}` }
}

function toneOfPhase({ status }: Pod, nodeName: string | undefined): Omit<State, 'text'> {
  const unschedulable = status.conditions?.find((c) => c.type === 'PodScheduled' && c.status === 'False')
  switch (status.phase) {
    case 'Running':
      return { tone: 'good' }
    case 'Succeeded':
      return { tone: 'neutral' }
    case 'Failed':
      return { tone: 'bad', reason: status.message }
    case 'Unknown':
      return { tone: 'warning', reason: status.message }
    default:
      return unschedulable && !nodeName ? { tone: 'warning', reason: unschedulable.message } : { tone: 'progress' }
  }
}
