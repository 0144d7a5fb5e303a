import { localPath, type Node, type V1NodeStatus } from '@quarterdeck/api'
import { type Draft, timestamp } from '@quarterdeck/api-machinery'

import { simVolumeFolder } from './sim-volumes.ts'

export interface SimNodeSize {
  cpus: number
  memoryGib: number
  pods: number
}

/** Addresses of a range that is never routed (RFC 2544), one for each node. */
export const simNodeAddress = (index: number): string => `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 255}.${index & 255}`

export function simNode(
  name: string,
  index: number,
  options: { size: SimNodeSize; labels: Record<string, string>; zones: number },
): Draft<Node> {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        type: 'simulated',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `zone-${index % options.zones}`,
        ...options.labels,
      },
      annotations: { [localPath.folderAnnotation]: simVolumeFolder },
    },
    spec: {},
    status: simNodeStatus(name, index, options.size),
  }
}

export function simNodeStatus(name: string, index: number, size: SimNodeSize): V1NodeStatus {
  const now = timestamp()
  const amounts = { cpu: String(size.cpus), memory: `${size.memoryGib}Gi`, 'ephemeral-storage': '100Gi', pods: String(size.pods) }
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  })
  return {
    capacity: amounts,
    allocatable: amounts,
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
      condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
    ],
    addresses: [
      { type: 'InternalIP', address: simNodeAddress(index) },
      { type: 'Hostname', address: name },
    ],
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      containerRuntimeVersion: 'simulated://1.0',
      kernelVersion: '',
      kubeProxyVersion: '',
      kubeletVersion: 'v1.36.0',
      machineID: '',
      operatingSystem: 'linux',
      osImage: 'simulated',
      systemUUID: '',
    },
  }
}
