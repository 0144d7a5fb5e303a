import type { PodIdentity } from './labels.ts'

export interface Mount {
  hostPath: string
  containerPath: string
  readOnly: boolean
  propagation: 'private' | 'rslave' | 'rshared'
}

export interface ContainerResources {
  /** Relative weight; 1024 is one CPU. */
  cpuShares?: number
  /** Limit in billionths of a CPU. */
  nanoCpus?: number
  memoryBytes?: number
  /** -1000 to 1000: who is killed first when the host runs out of memory. */
  oomScoreAdj?: number
}

export interface ContainerSecurity {
  privileged: boolean
  /** `uid`, `uid:gid` or '' for the image's own. */
  user: string
  supplementalGroups: number[]
  capabilitiesAdd: string[]
  capabilitiesDrop: string[]
  readOnlyRootFilesystem: boolean
  noNewPrivileges: boolean
  seccompUnconfined: boolean
  unmaskedProc: boolean
}

export interface ContainerConfig {
  pod: PodIdentity
  sandboxId: string
  name: string
  attempt: number
  image: string
  /** Replaces the image's entrypoint; undefined keeps it. */
  command: string[] | undefined
  /** Replaces the image's arguments; undefined keeps them, unless `command` is given. */
  args: string[] | undefined
  env: { name: string; value: string }[]
  workingDir: string | undefined
  mounts: Mount[]
  devices: string[]
  tty: boolean
  stdin: boolean
  stdinOnce: boolean
  stopSignal: string | undefined
  resources: ContainerResources
  security: ContainerSecurity
  /** Process namespace: its own, the sandbox's or the host's. */
  pid: 'container' | 'pod' | 'host'
  ipc: 'pod' | 'host'
  /** Kept with the container and given back by listings: the caller's own notes. */
  labels: Record<string, string>
}

/** A container as the runtime sees it now. Times are ms since the epoch. */
export interface RuntimeContainer {
  id: string
  pod: PodIdentity
  name: string
  attempt: number
  sandboxId: string
  /** `created` is one that was never started, with `error` set if starting it failed. */
  state: 'created' | 'running' | 'exited'
  image: string
  imageId: string
  labels: Record<string, string>
  createdAtMs: number
  startedAtMs: number | undefined
  finishedAtMs: number | undefined
  exitCode: number | undefined
  oomKilled: boolean
  /** Why it could not be started. */
  error: string
}

export interface LogOptions {
  follow: boolean
  timestamps: boolean
  /** The last so many lines; undefined for all. */
  tailLines: number | undefined
  sinceMs: number | undefined
  streams: { stdout: boolean; stderr: boolean }
  signal: AbortSignal
}

export interface ExecResult {
  exitCode: number
  /** Standard output and error together, at most 10 KiB. */
  output: string
}

export interface ContainerStats {
  timeMs: number
  /** CPU time used since the container started. */
  cpuNanoseconds: number
  /** Working set: usage less the inactive page cache. */
  memoryWorkingSetBytes: number
  memoryUsageBytes: number
}
