import type { Pod } from '@quarterdeck/api'
import { keyOf, keyString } from '@quarterdeck/api-machinery'

import { assumedPodRequests, podRequests, type Resources } from './resources.ts'

export interface HostPort {
  protocol: string
  ip: string
  port: number
}

/** A Pod with everything the scheduling loop asks of it, computed once. */
export interface PodInfo {
  pod: Pod
  uid: string
  /** `namespace/name`. */
  key: string
  priority: number
  requests: Resources
  /** Requests with small amounts assumed where there are none. */
  assumed: Resources
  hostPorts: readonly HostPort[]
  images: readonly string[]
}

export function podInfoOf(pod: Pod): PodInfo {
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  return {
    pod,
    uid: pod.metadata.uid,
    key: keyString(keyOf(pod)),
    priority: pod.spec.priority ?? 0,
    requests: podRequests(pod),
    assumed: assumedPodRequests(pod),
    hostPorts: hostPortsOf(pod),
    images: containers.map((container) => normalizedImage(container.image ?? '')),
  }
}

function hostPortsOf(pod: Pod): HostPort[] {
  const longRunning = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always')]
  return longRunning.flatMap((container) =>
    (container.ports ?? []).flatMap(({ hostPort, hostIP, protocol }) =>
      hostPort ? [{ port: hostPort, ip: hostIP || '0.0.0.0', protocol: protocol ?? 'TCP' }] : [],
    ),
  )
}

/** The name with a tag: nodes report images so. */
export function normalizedImage(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') && !image.includes('@') ? `${image}:latest` : image
}
