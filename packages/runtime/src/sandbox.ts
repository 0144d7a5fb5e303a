import type { PodIdentity } from './labels.ts'

export interface PortBinding {
  containerPort: number
  hostPort: number
  /** '' for every address of the host. */
  hostIp: string
  protocol: 'TCP' | 'UDP' | 'SCTP'
}

/** What the containers of a pod share: its network and IPC namespaces, its host name, its published ports. */
export interface SandboxConfig {
  pod: PodIdentity
  attempt: number
  hostname: string
  hostNetwork: boolean
  hostPid: boolean
  hostIpc: boolean
  portBindings: PortBinding[]
  sysctls: Record<string, string>
}

export interface Sandbox {
  id: string
  pod: PodIdentity
  attempt: number
  /** `created` is one that was never started. */
  state: 'created' | 'running' | 'exited'
  createdAtMs: number
  /** The pod's address; undefined for host network and while not running. */
  ip: string | undefined
  hostNetwork: boolean
}
