import type { Duplex, Readable, Writable } from 'node:stream'

import type { ContainerConfig, ContainerStats, ExecResult, LogOptions, RuntimeContainer } from './container.ts'
import type { ImageDetail, RegistryAuth, RuntimeImage } from './image.ts'
import type { Sandbox, SandboxConfig } from './sandbox.ts'

export interface RuntimeInfo {
  /** As in node info: `docker`. */
  name: string
  version: string
  os: string
  architecture: string
  kernelVersion: string
  osImage: string
  cpus: number
  memoryBytes: number
  /** Where images and containers are kept, on the machine of the runtime. */
  imagesPath: string
}

/** Something happened to a pod's sandbox or container: look at it again. */
export interface RuntimeEvent {
  podUid: string
}

/** Which streams of a process are wanted. With a terminal what it writes to standard error comes as standard output. */
export interface StreamOptions {
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
}

/** A process in a container, with the streams that were asked for. */
export interface ProcessStreams {
  /** Its end is the end of standard input. */
  stdin: Writable | undefined
  stdout: Readable | undefined
  stderr: Readable | undefined
  resize(size: { width: number; height: number }): Promise<void>
  /** Lets go of the process, which may go on. */
  destroy(): void
}

export interface ExecStream extends ProcessStreams {
  /** Once its output has ended. */
  exitCode(): Promise<number>
}

/**
 * What a kubelet needs of a container engine. Every method can be repeated after a crash: what exists already is
 * found by its labels (listPods) or answered with Conflict, and removing what is gone succeeds.
 * Rejections are RuntimeError.
 */
export interface ContainerRuntime {
  info(): Promise<RuntimeInfo>
  /** Makes the network that sandboxes get their addresses from; `cidr` is this node's. */
  ensureNetwork(cidr: string): Promise<void>
  /** Everything this agent made, or only one pod's. */
  listSandboxes(podUid?: string): Promise<Sandbox[]>
  listContainers(podUid?: string): Promise<RuntimeContainer[]>
  /** Creates and starts. Conflict if the attempt exists. */
  createSandbox(config: SandboxConfig): Promise<Sandbox>
  /** Kills and removes. */
  removeSandbox(id: string): Promise<void>
  /** Resolves with its id. Conflict if the attempt exists. */
  createContainer(config: ContainerConfig): Promise<string>
  startContainer(id: string): Promise<void>
  /** Sends its stop signal, waits until it has exited, sends SIGKILL once `deadline` aborts. Resolves when it has exited. */
  stopContainer(id: string, deadline: AbortSignal): Promise<void>
  /** Kills it if it runs. */
  removeContainer(id: string): Promise<void>
  exec(id: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult>
  execStream(id: string, command: readonly string[], options: StreamOptions): Promise<ExecStream>
  /** The streams of the container's own process, from now on. `tty` is as the container was made. */
  attach(id: string, options: StreamOptions): Promise<ProcessStreams>
  /** Connects to a TCP port in the network of a sandbox: to the loopback address, where it answers there alone. */
  dial(sandboxId: string, port: number): Promise<Duplex>
  /** Log bytes, standard output and error interleaved as written; with follow it ends when the container does. */
  logs(id: string, options: LogOptions): Promise<Readable>
  stats(id: string): Promise<ContainerStats>
  pullImage(image: string, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<void>
  /** Undefined if the image is not on the node. */
  inspectImage(image: string): Promise<ImageDetail | undefined>
  listImages(): Promise<RuntimeImage[]>
  /** Ends with an error when the engine goes away; the caller lists and subscribes again. */
  events(signal: AbortSignal): AsyncIterable<RuntimeEvent>
  /** Removes everything this agent made: containers and network. */
  teardown(): Promise<void>
}
