import type { Pod, V1Container, V1ServicePort } from '@quarterdeck/api'

/** The port of a Pod that a Service's port leads to; undefined if the Pod has no container port of the name. */
export function resolvePort(pod: Pod, servicePort: V1ServicePort): number | undefined {
  const target = servicePort.targetPort ?? servicePort.port
  if (typeof target === 'number') return target
  const protocol = servicePort.protocol ?? 'TCP'
  for (const container of longRunning(pod)) {
    const found = container.ports?.find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)
    if (found) return found.containerPort
  }
  return undefined
}

/** Containers that run as long as the pod does: sidecars are init containers that are always restarted. */
function longRunning(pod: Pod): V1Container[] {
  return [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((container) => container.restartPolicy === 'Always')]
}
