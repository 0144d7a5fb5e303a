import { containerNameOf, labels, type PodIdentity, RuntimeError, type Sandbox, type SandboxConfig } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'
import { enableHairpin } from './hairpin.ts'
import { bridgeNameOf, networkNameOf } from './network.ts'
import { oomScoreOf } from './oom-score.ts'
import { ensurePauseImage, pauseImage } from './pause-image.ts'

const sandboxContainerName = 'POD'

export async function createSandbox(docker: Docker, agentId: string, config: SandboxConfig): Promise<Sandbox> {
  const doing = `creating the sandbox of pod ${config.pod.namespace}/${config.pod.name}`
  const create = () => call(doing, () => docker.createContainer(createOptionsOf(agentId, config)))
  let container: Docker.Container
  try {
    container = await create()
  } catch (error) {
    // Someone pruned the images since the agent started.
    if (!(error instanceof RuntimeError) || error.code !== 'NotFound') throw error
    await ensurePauseImage(docker)
    container = await create()
  }
  await call(`starting the sandbox of pod ${config.pod.namespace}/${config.pod.name}`, () => container.start())
  // Only a service that is its own client needs it: where `ip` is missing all else works.
  if (!config.hostNetwork) await enableHairpin(bridgeNameOf(agentId)).catch(() => {})
  return inspectSandbox(docker, container.id)
}

export async function listSandboxes(docker: Docker, agentId: string, podUid?: string): Promise<Sandbox[]> {
  const filter = [`${labels.agent}=${agentId}`, `${labels.role}=sandbox`, ...(podUid ? [`${labels.podUid}=${podUid}`] : [])]
  const found = await call('listing sandboxes', () => docker.listContainers({ all: true, filters: { label: filter } }))
  return found.map((info) => ({
    id: info.Id,
    pod: podOf(info.Labels),
    attempt: Number(info.Labels[labels.attempt] ?? 0),
    state: info.State === 'running' || info.State === 'paused' ? 'running' : info.State === 'created' ? 'created' : 'exited',
    createdAtMs: info.Created * 1000,
    ip: addressOf(info.NetworkSettings?.Networks, agentId),
    hostNetwork: info.HostConfig?.NetworkMode === 'host',
  }))
}

async function inspectSandbox(docker: Docker, id: string): Promise<Sandbox> {
  const info = await call(`looking at sandbox ${id}`, () => docker.getContainer(id).inspect())
  return {
    id,
    pod: podOf(info.Config.Labels),
    attempt: Number(info.Config.Labels[labels.attempt] ?? 0),
    state: info.State.Running ? 'running' : 'exited',
    createdAtMs: Date.parse(info.Created),
    ip: addressOf(info.NetworkSettings.Networks, info.Config.Labels[labels.agent] ?? ''),
    hostNetwork: info.HostConfig.NetworkMode === 'host',
  }
}

export function podOf(found: Record<string, string>): PodIdentity {
  return { namespace: found[labels.podNamespace] ?? '', name: found[labels.podName] ?? '', uid: found[labels.podUid] ?? '' }
}

function addressOf(networks: Record<string, { IPAddress?: string }> | undefined, agentId: string): string | undefined {
  return networks?.[networkNameOf(agentId)]?.IPAddress || undefined
}

function createOptionsOf(agentId: string, config: SandboxConfig): Docker.ContainerCreateOptions {
  const published: Record<string, { HostIp: string; HostPort: string }[]> = {}
  if (!config.hostNetwork)
    for (const port of config.portBindings) {
      const key = `${port.containerPort}/${port.protocol.toLowerCase()}`
      ;(published[key] ??= []).push({ HostIp: port.hostIp, HostPort: String(port.hostPort) })
    }
  return {
    name: containerNameOf(config.pod, sandboxContainerName, config.attempt),
    Image: pauseImage,
    ...(config.hostNetwork ? {} : { Hostname: config.hostname }),
    Labels: {
      [labels.agent]: agentId,
      [labels.role]: 'sandbox',
      [labels.podName]: config.pod.name,
      [labels.podNamespace]: config.pod.namespace,
      [labels.podUid]: config.pod.uid,
      [labels.containerName]: sandboxContainerName,
      [labels.attempt]: String(config.attempt),
    },
    ExposedPorts: Object.fromEntries(Object.keys(published).map((port) => [port, {}])),
    HostConfig: {
      NetworkMode: config.hostNetwork ? 'host' : networkNameOf(agentId),
      IpcMode: config.hostIpc ? 'host' : 'shareable',
      ...(config.hostPid ? { PidMode: 'host' } : {}),
      PortBindings: published,
      ...(config.hostNetwork ? {} : { Sysctls: config.sysctls }),
      OomScoreAdj: oomScoreOf(-998),
      CpuShares: 2,
      LogConfig: { Type: 'none', Config: {} },
      SecurityOpt: ['no-new-privileges'],
      RestartPolicy: { Name: 'no' },
    },
  }
}
