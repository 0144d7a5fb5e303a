import type { Pod } from '@quarterdeck/api'

import { containerTrouble, unreadyReason, type ContainerOf } from './container-state.ts'
import { isNodeLost } from './node-lost.ts'
import { schedulingState } from './scheduling-state.ts'
import type { State } from './state.ts'

/** The first thing that keeps a pod from running, else its phase; named as `kubectl get pods` names it where that says the cause. */
export function podState(pod: Pod): State {
  const { status } = pod
  if (status.reason) return { text: status.reason, tone: status.phase === 'Failed' ? 'bad' : 'warning', reason: reasonOf(pod) }
  if (isNodeLost(pod))
    return {
      text: 'Node lost',
      tone: 'bad',
      reason: `the node ${pod.spec.nodeName ?? ''} does not answer; how the pod is now is not known`,
    }
  return initState(pod) ?? mainState(pod) ?? phaseState(pod)
}

function reasonOf({ spec, status: { reason, message } }: Pod): string | undefined {
  if (reason === 'DeadlineExceeded' && spec.activeDeadlineSeconds !== undefined)
    return `it was active longer than its activeDeadlineSeconds of ${spec.activeDeadlineSeconds}`
  return message || undefined
}

/** The first init container that is not done. */
function initState({ spec, status }: Pod): State | undefined {
  const total = spec.initContainers?.length ?? 0
  for (const [index, container] of (status.initContainerStatuses ?? []).entries()) {
    const containerSpec = spec.initContainers?.find(({ name }) => name === container.name)
    const isSidecar = containerSpec?.restartPolicy === 'Always'
    if (container.state?.terminated?.exitCode === 0 || (isSidecar && container.started)) continue
    const trouble = containerTrouble({ spec: containerSpec, status: container })
    if (trouble?.tone === 'bad') return { ...trouble, text: initText(trouble.text), reason: initReason(trouble.reason, container.name) }
    return { text: `Init:${index}/${total}`, tone: 'progress', reason: `the init container ${container.name} has to end first` }
  }
  return undefined
}

/** What ails a container as such reads the same for all containers; how one ended is told apart, as kubectl does. */
function initText(text: string): string {
  return /^[A-Z]\w+$/.test(text) ? `Init:${text}` : text
}

function initReason(reason: string | undefined, container: string): string {
  if (reason?.startsWith(`${container} `)) return `init container ${reason}`
  return [reason, `needed by init container ${container}`].filter(Boolean).join(', ')
}

function mainState({ spec, status }: Pod): State | undefined {
  const containers = (status.containerStatuses ?? []).map((container): ContainerOf => ({
    spec: spec.containers.find(({ name }) => name === container.name),
    status: container,
  }))
  const troubles = containers.flatMap((container) => containerTrouble(container) ?? [])
  const trouble = troubles.find(({ tone }) => tone === 'bad') ?? troubles[0]
  if (trouble) return trouble
  if (status.phase !== 'Running' || containers.length === 0) return undefined
  const running = containers.filter((container) => !container.status.state?.terminated)
  if (running.length === 0) return { text: 'Completed', tone: 'neutral' }
  const unready = running.filter((container) => !container.status.ready)
  if (unready.length > 0) return unreadyState(unready)
  const gates = status.conditions?.find(({ type, reason }) => type === 'Ready' && reason === 'ReadinessGatesNotReady')
  return gates ? { text: 'Not ready', tone: 'warning', reason: gates.message } : { text: 'Running', tone: 'good' }
}

function unreadyState(unready: readonly ContainerOf[]): State {
  const reason = unready.map(unreadyReason).join('; ')
  if (unready.every(isStarting)) return { text: 'Starting', tone: 'progress', reason }
  return unready.some(({ spec }) => spec?.readinessProbe)
    ? { text: 'Probe failing', tone: 'warning', reason }
    : { text: 'Not ready', tone: 'warning', reason }
}

function isStarting({ spec, status }: ContainerOf): boolean {
  return Boolean(spec?.startupProbe) && status.started === false && status.restartCount === 0
}

function phaseState(pod: Pod): State {
  const { phase = 'Pending', message } = pod.status
  switch (phase) {
    case 'Running':
      return { text: phase, tone: 'good' }
    case 'Succeeded':
      return { text: phase, tone: 'neutral' }
    case 'Failed':
      return { text: phase, tone: 'bad', reason: message }
    case 'Unknown':
      return { text: phase, tone: 'warning', reason: message }
    default:
      return schedulingState(pod) ?? { text: phase, tone: 'progress' }
  }
}
