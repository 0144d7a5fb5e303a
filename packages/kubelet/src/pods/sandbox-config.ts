import type { Pod } from '@quarterdeck/api'
import type { SandboxConfig } from '@quarterdeck/runtime'

import { kernelHostnameOf } from '../containers/name-resolution.ts'
import { identityOf } from './pod-model.ts'

/** `domain` is the cluster's in DNS. Throws if the pod's name as its host's is too long. */
export function sandboxConfigOf(pod: Pod, attempt: number, domain: string): SandboxConfig {
  const ports = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) => container.ports ?? [])
  return {
    pod: identityOf(pod),
    attempt,
    hostname: kernelHostnameOf(pod, domain),
    hostNetwork: pod.spec.hostNetwork ?? false,
    hostPid: pod.spec.hostPID ?? false,
    hostIpc: pod.spec.hostIPC ?? false,
    portBindings: ports.flatMap((port) =>
      port.hostPort
        ? [
            {
              containerPort: port.containerPort,
              hostPort: port.hostPort,
              hostIp: port.hostIP ?? '',
              protocol: (port.protocol ?? 'TCP') as 'TCP' | 'UDP' | 'SCTP',
            },
          ]
        : [],
    ),
    sysctls: Object.fromEntries((pod.spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
  }
}
