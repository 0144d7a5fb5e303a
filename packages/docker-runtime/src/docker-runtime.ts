import type { ContainerRuntime } from '@quarterdeck/runtime'
import { labels } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import * as containers from './containers.ts'
import { call, connectEngine } from './engine.ts'
import { engineEvents } from './events.ts'
import { dialSandbox } from './dial.ts'
import { attachContainer, execInContainer, execStream } from './exec.ts'
import { inspectImage, listImages, pullImage } from './images.ts'
import { containerLogs } from './logs.ts'
import { ensureNetwork, removeNetwork } from './network.ts'
import { ensurePauseImage } from './pause-image.ts'
import * as sandboxes from './sandboxes.ts'
import { containerStats } from './stats.ts'

export interface DockerRuntimeOptions {
  /** Names this agent among all users of the engine; the same after a restart. Letters and digits, at most 12 used. */
  agentId: string
  socketPath?: string
}

/** The container runtime on a Docker engine (20.10 or newer). Makes the pause image if it is not there. */
export async function createDockerRuntime(options: DockerRuntimeOptions): Promise<ContainerRuntime> {
  const docker = connectEngine(options.socketPath)
  await ensurePauseImage(docker)
  return runtimeOn(docker, options.agentId)
}

function runtimeOn(docker: Docker, agentId: string): ContainerRuntime {
  return {
    info: () => engineInfo(docker),
    ensureNetwork: (cidr) => ensureNetwork(docker, agentId, cidr),
    listSandboxes: (podUid) => sandboxes.listSandboxes(docker, agentId, podUid),
    listContainers: (podUid) => containers.listContainers(docker, agentId, podUid),
    createSandbox: (config) => sandboxes.createSandbox(docker, agentId, config),
    removeSandbox: (id) => containers.removeContainer(docker, id),
    createContainer: (config) => containers.createContainer(docker, agentId, config),
    startContainer: (id) => containers.startContainer(docker, id),
    stopContainer: (id, deadline) => containers.stopContainer(docker, id, deadline),
    removeContainer: (id) => containers.removeContainer(docker, id),
    exec: (id, command, signal) => execInContainer(docker, id, command, signal),
    execStream: (id, command, options) => execStream(docker, id, command, options),
    attach: (id, options) => attachContainer(docker, id, options),
    dial: (sandboxId, port) => dialSandbox(docker, sandboxId, port),
    logs: (id, options) => containerLogs(docker, id, options),
    stats: (id) => containerStats(docker, id),
    pullImage: (image, auth, signal) => pullImage(docker, image, auth, signal),
    inspectImage: (image) => inspectImage(docker, image),
    listImages: () => listImages(docker),
    events: (signal) => engineEvents(docker, agentId, signal),
    teardown: () => teardown(docker, agentId),
  }
}

async function engineInfo(docker: Docker) {
  const info = await call('asking the engine about itself', () => docker.info())
  return {
    name: 'docker',
    version: String(info.ServerVersion),
    os: String(info.OSType),
    architecture: architectureOf(String(info.Architecture)),
    kernelVersion: String(info.KernelVersion),
    osImage: String(info.OperatingSystem),
    cpus: Number(info.NCPU),
    memoryBytes: Number(info.MemTotal),
    imagesPath: String(info.DockerRootDir),
  }
}

/** As Go, and so Kubernetes, names it. */
function architectureOf(machine: string): string {
  const names: Record<string, string> = { x86_64: 'amd64', aarch64: 'arm64', armv7l: 'arm' }
  return names[machine] ?? machine
}

async function teardown(docker: Docker, agentId: string): Promise<void> {
  const ours = await call('listing containers', () =>
    docker.listContainers({ all: true, filters: { label: [`${labels.agent}=${agentId}`] } }),
  )
  await Promise.all(ours.map((info) => containers.removeContainer(docker, info.Id)))
  await removeNetwork(docker, agentId)
}
