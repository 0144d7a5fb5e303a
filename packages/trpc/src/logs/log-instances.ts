import type { Pod, V1ContainerStatus } from '@quarterdeck/api'

/** Which containers' logs are meant, and which of their runs. */
export interface LogChoice {
  /** '' for all containers. */
  container: string
  /** The run before the present one. */
  previous: boolean
}

/** One run of a container. */
export interface LogInstance {
  container: string
  /** Changes when the container is started again. */
  id: string
}

/** The containers of a pod that a choice means, with what their node told of them. */
export function chosenContainers(
  { spec, status }: Pod,
  { container }: LogChoice,
): { name: string; status: V1ContainerStatus | undefined }[] {
  const statuses = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ]
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
    .filter(({ name }) => !container || name === container)
    .map(({ name }) => ({ name, status: statuses.find((known) => known.name === name) }))
}

/** The runs of a pod's containers that have written something. */
export function instancesOf(pod: Pod, choice: LogChoice): LogInstance[] {
  return chosenContainers(pod, choice).flatMap(({ name, status }): LogInstance[] => {
    const { state, lastState } = status ?? {}
    if (choice.previous) return lastState?.terminated ? [{ container: name, id: 'previous' }] : []
    const hasStarted = state?.running ?? state?.terminated ?? lastState?.terminated
    return hasStarted ? [{ container: name, id: status?.containerID ?? '' }] : []
  })
}
