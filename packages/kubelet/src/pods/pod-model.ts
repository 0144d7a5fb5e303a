import type { Pod, V1Container, V1ContainerStatus } from '@quarterdeck/api'
import type { PodIdentity, RuntimeContainer, Sandbox } from '@quarterdeck/runtime'

/** `init` runs to completion before the next; `sidecar` is an init container that keeps running; `main` is the rest. */
export type ContainerRole = 'init' | 'sidecar' | 'main'

export interface PodContainer {
  spec: V1Container
  role: ContainerRole
  /** As events name it: `spec.containers{web}`. */
  fieldPath: string
}

/** What the runtime has of one pod. */
export interface PodView {
  sandboxes: readonly Sandbox[]
  containers: readonly RuntimeContainer[]
}

export function initContainersOf(pod: Pod): PodContainer[] {
  return (pod.spec.initContainers ?? []).map((spec) => ({
    spec,
    role: spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
    fieldPath: `spec.initContainers{${spec.name}}`,
  }))
}

export function mainContainersOf(pod: Pod): PodContainer[] {
  return pod.spec.containers.map((spec) => ({ spec, role: 'main', fieldPath: `spec.containers{${spec.name}}` }))
}

export const containersOf = (pod: Pod): PodContainer[] => [...initContainersOf(pod), ...mainContainersOf(pod)]

export function identityOf(pod: Pod): PodIdentity {
  return { namespace: pod.metadata.namespace, name: pod.metadata.name, uid: pod.metadata.uid }
}

/** Attempts under one name, newest first. */
export function attemptsOf(view: PodView, name: string): RuntimeContainer[] {
  return view.containers.filter((container) => container.name === name).toSorted((a, b) => b.attempt - a.attempt)
}

export const latestOf = (view: PodView, name: string): RuntimeContainer | undefined => attemptsOf(view, name)[0]

/** It ran and ended, or could not be started. */
export const hasEnded = (container: RuntimeContainer): boolean =>
  container.state === 'exited' || (container.state === 'created' && container.error !== '')

export const hasSucceeded = (container: RuntimeContainer): boolean => container.state === 'exited' && container.exitCode === 0

/** Of one that has ended; 128 where it could not be started. */
export const exitCodeOf = (ended: RuntimeContainer): number => (ended.state === 'created' ? 128 : (ended.exitCode ?? 255))

/** The sandbox that new containers join: the newest, if it runs. */
export function activeSandboxOf(view: PodView): Sandbox | undefined {
  const newest = view.sandboxes.toSorted((a, b) => b.attempt - a.attempt)[0]
  return newest?.state === 'running' ? newest : undefined
}

export const isTerminalPhase = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

export function statusOfContainer(pod: Pod, container: PodContainer): V1ContainerStatus | undefined {
  const statuses = container.role === 'main' ? pod.status.containerStatuses : pod.status.initContainerStatuses
  return statuses?.find((status) => status.name === container.spec.name)
}
