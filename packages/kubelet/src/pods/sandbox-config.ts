import type { Pod } from '@quarterdeck/api'
import type { SandboxConfig } from '@quarterdeck/runtime'

import { hostnameOf } from '../containers/name-resolution.ts'
import { identityOf } from './pod-model.ts'

export function sandboxConfigOf(pod: Pod, attempt: number): SandboxConfig {
  const ports = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].flatMap((container) => container.ports ?? [])
  return {
    pod: identityOf(pod),
    attempt,
    hostname: hostnameOf(pod),
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
