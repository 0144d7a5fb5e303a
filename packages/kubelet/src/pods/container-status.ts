import type { Pod, V1ContainerState, V1ContainerStatus } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'
import type { RuntimeContainer } from '@quarterdeck/runtime'

import { attemptsOf, exitCodeOf, hasEnded, type PodContainer, type PodView, statusOfContainer } from './pod-model.ts'
import type { WaitingReason } from './pod-plan.ts'

export interface ContainerStatusInput {
  pod: Pod
  view: PodView
  /** Why containers are not running, by name, where there is more to say than that they are being made. */
  waiting: ReadonlyMap<string, WaitingReason>
  isInitialized: boolean
  isStarted: (containerId: string) => boolean
  isReady: (containerId: string) => boolean
  /** What an ended container left as its last words. */
  terminationMessage: (container: RuntimeContainer) => string | undefined
}

export function containerStatusOf(input: ContainerStatusInput, container: PodContainer): V1ContainerStatus {
  const { spec, role } = container
  const [latest, previous] = attemptsOf(input.view, spec.name)
  const told = statusOfContainer(input.pod, container)
  if (!latest) return statusWithout(input, container, told)
  const waits = input.waiting.get(spec.name)
  const isRunning = latest.state === 'running'
  const ended = hasEnded(latest) ? terminatedOf(latest, input.terminationMessage(latest)) : undefined
  const before = previous && hasEnded(previous) ? terminatedOf(previous, input.terminationMessage(previous)) : undefined
  const state: V1ContainerState = isRunning
    ? { running: { startedAt: timeOf(latest.startedAtMs) } }
    : ended && !waits
      ? { terminated: ended }
      : { waiting: waits ?? { reason: 'ContainerCreating' } }
  const lastTerminated = ended && waits ? ended : before
  const started = isRunning && input.isStarted(latest.id)
  return {
    name: spec.name,
    state,
    lastState: lastTerminated ? { terminated: lastTerminated } : {},
    ready: role === 'init' ? ended?.exitCode === 0 && !waits : started && input.isReady(latest.id),
    restartCount: latest.attempt,
    image: spec.image ?? latest.image,
    imageID: latest.imageId,
    containerID: containerIdOf(latest),
    started,
    ...(isRunning && spec.resources ? { resources: spec.resources } : {}),
    ...(isRunning && spec.resources?.requests ? { allocatedResources: spec.resources.requests } : {}),
  }
}

export const containerIdOf = (container: RuntimeContainer): string => `docker://${container.id}`

/** The runtime has none: it was not made yet, or someone removed it. */
function statusWithout(input: ContainerStatusInput, container: PodContainer, told: V1ContainerStatus | undefined): V1ContainerStatus {
  const { spec } = container
  if (told?.state?.terminated) return told
  const wasMade = told?.containerID !== undefined
  const initDone = container.role === 'init' && wasMade && input.isInitialized
  const lost = {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  }
  const reason =
    container.role === 'main' && !input.isInitialized
      ? 'PodInitializing'
      : (input.pod.spec.initContainers ?? []).length > 0
        ? 'PodInitializing'
        : 'ContainerCreating'
  return {
    name: spec.name,
    state: { waiting: input.waiting.get(spec.name) ?? { reason } },
    lastState: wasMade && !initDone ? { terminated: lost } : {},
    ready: false,
    restartCount: told?.restartCount ?? 0,
    image: spec.image ?? '',
    imageID: '',
    started: false,
  }
}

function terminatedOf(container: RuntimeContainer, message: string | undefined): NonNullable<V1ContainerState['terminated']> {
  const neverStarted = container.state === 'created'
  const exitCode = exitCodeOf(container)
  return {
    exitCode,
    reason: neverStarted ? 'StartError' : container.oomKilled ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error',
    ...(neverStarted ? { message: container.error } : message ? { message } : {}),
    startedAt: timeOf(container.startedAtMs ?? 0),
    finishedAt: timeOf(container.finishedAtMs ?? container.createdAtMs),
    containerID: containerIdOf(container),
  }
}

const timeOf = (ms: number | undefined): string => timestamp(new Date(ms ?? 0))
