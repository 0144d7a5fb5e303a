import { containerNameOf, type ContainerConfig, labels, RuntimeError, type RuntimeContainer } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call, callUnless, toRuntimeError } from './engine.ts'
import { oomScoreOf } from './oom-score.ts'
import { podOf } from './sandboxes.ts'

/** What an exited process's log may take of the disk: the engine rotates at the first, keeping so many files. */
const logLimits = { 'max-size': '10m', 'max-file': '3' }

export async function createContainer(docker: Docker, agentId: string, config: ContainerConfig): Promise<string> {
  const container = await call(`creating container ${config.name}`, () => docker.createContainer(createOptionsOf(agentId, config)))
  return container.id
}

export async function startContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).start()
  } catch (error) {
    const failure = toRuntimeError('starting', error)
    if (failure.code === 'Conflict') return
    if (failure.code === 'NotFound' && !isCommandNotFound(failure.message)) throw failure
    if (failure.code === 'Unavailable') throw failure
    throw new RuntimeError('StartFailed', failure.message.replace('starting: ', ''), { cause: error })
  }
}

const cpuPeriodUs = 100_000

/** A quota, for the engine refuses a plain number of CPUs above those of the machine. It takes no less than 1 ms. */
const quotaOf = (nanoCpus: number): number => Math.max(1000, Math.round((nanoCpus * cpuPeriodUs) / 1e9))

/** The engine answers 404 for a container that is not there, and older ones also for a command that is not in it. */
const isCommandNotFound = (message: string): boolean => !/no such container/i.test(message)

export async function stopContainer(docker: Docker, id: string, deadline: AbortSignal): Promise<void> {
  const container = docker.getContainer(id)
  const doing = `stopping container ${id}`
  const gone = ['NotFound', 'Conflict'] as const
  const kill = () => callUnless(gone, doing, () => container.kill({ signal: 'SIGKILL' }))
  if (deadline.aborted) {
    await kill()
  } else {
    await callUnless(gone, doing, async () => {
      const { Config } = (await container.inspect()) as { Config: { StopSignal?: string } }
      await container.kill({ signal: Config.StopSignal || 'SIGTERM' })
    })
  }
  let killing: Promise<void> | undefined
  const onDeadline = () => {
    killing = kill().catch(() => {}) // waiting below reports what matters
  }
  deadline.addEventListener('abort', onDeadline, { once: true })
  if (deadline.aborted) onDeadline()
  try {
    await callUnless(['NotFound'], doing, () => container.wait({ condition: 'not-running' }))
  } finally {
    deadline.removeEventListener('abort', onDeadline)
    await killing
  }
}

/** Kills and removes; if someone is at it already, waits for them. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  const container = docker.getContainer(id)
  const doing = `removing container ${id}`
  await callUnless(['NotFound', 'Conflict'], doing, () => container.remove({ force: true, v: true }))
  await callUnless(['NotFound'], doing, () => container.wait({ condition: 'removed' }))
}

/** A listing tells neither exit code nor times, so each is inspected; one that goes away meanwhile is left out. */
export async function listContainers(docker: Docker, agentId: string, podUid?: string): Promise<RuntimeContainer[]> {
  const filter = [`${labels.agent}=${agentId}`, `${labels.role}=container`, ...(podUid ? [`${labels.podUid}=${podUid}`] : [])]
  const found = await call('listing containers', () => docker.listContainers({ all: true, filters: { label: filter } }))
  const containers = await Promise.all(found.map((info) => inspectContainer(docker, info.Id)))
  return containers.filter((container) => container !== undefined)
}

async function inspectContainer(docker: Docker, id: string): Promise<RuntimeContainer | undefined> {
  let info: Docker.ContainerInspectInfo
  try {
    info = await docker.getContainer(id).inspect()
  } catch (error) {
    const failure = toRuntimeError(`looking at container ${id}`, error)
    if (failure.code === 'NotFound') return undefined
    throw failure
  }
  const own = info.Config.Labels
  const state = info.State.Status === 'created' ? 'created' : info.State.Running || info.State.Paused ? 'running' : 'exited'
  return {
    id,
    pod: podOf(own),
    name: own[labels.containerName] ?? '',
    attempt: Number(own[labels.attempt] ?? 0),
    sandboxId: own[labels.sandboxId] ?? '',
    state,
    image: info.Config.Image,
    imageId: info.Image,
    labels: own,
    createdAtMs: Date.parse(info.Created),
    startedAtMs: timeOf(info.State.StartedAt),
    finishedAtMs: state === 'exited' ? finishedAtOf(info.State) : undefined,
    exitCode: state === 'exited' || info.State.ExitCode !== 0 ? info.State.ExitCode : undefined,
    oomKilled: info.State.OOMKilled,
    error: info.State.Error,
  }
}

/** The engine may note the end of a very short run before its beginning. */
function finishedAtOf({ StartedAt, FinishedAt }: { StartedAt: string; FinishedAt: string }): number | undefined {
  const [startedAtMs, finishedAtMs] = [timeOf(StartedAt), timeOf(FinishedAt)]
  if (startedAtMs === undefined || finishedAtMs === undefined) return finishedAtMs
  return Math.max(startedAtMs, finishedAtMs)
}

/** The engine writes the year 1 for "never". */
function timeOf(text: string): number | undefined {
  const ms = Date.parse(text)
  return ms > 0 ? ms : undefined
}

function createOptionsOf(agentId: string, config: ContainerConfig): Docker.ContainerCreateOptions {
  const { security, resources } = config
  const sandbox = `container:${config.sandboxId}`
  const securityOptions = [
    ...(security.noNewPrivileges ? ['no-new-privileges'] : []),
    ...(security.seccompUnconfined ? ['seccomp=unconfined'] : []),
  ]
  return {
    name: containerNameOf(config.pod, config.name, config.attempt),
    Image: config.image,
    Env: config.env.map((variable) => `${variable.name}=${variable.value}`),
    Labels: {
      ...config.labels,
      [labels.agent]: agentId,
      [labels.role]: 'container',
      [labels.podName]: config.pod.name,
      [labels.podNamespace]: config.pod.namespace,
      [labels.podUid]: config.pod.uid,
      [labels.containerName]: config.name,
      [labels.sandboxId]: config.sandboxId,
      [labels.attempt]: String(config.attempt),
    },
    // An empty entrypoint list would be taken for "the image's own".
    ...(config.command ? { Entrypoint: config.command, Cmd: config.args ?? [] } : config.args ? { Cmd: config.args } : {}),
    ...(config.workingDir ? { WorkingDir: config.workingDir } : {}),
    ...(security.user ? { User: security.user } : {}),
    ...(config.stopSignal ? { StopSignal: config.stopSignal } : {}),
    Tty: config.tty,
    OpenStdin: config.stdin,
    StdinOnce: config.stdinOnce,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      NetworkMode: sandbox,
      IpcMode: config.ipc === 'host' ? 'host' : sandbox,
      ...(config.pid === 'pod' ? { PidMode: sandbox } : config.pid === 'host' ? { PidMode: 'host' } : {}),
      Mounts: config.mounts.map((mount) => ({
        Type: 'bind',
        Source: mount.hostPath,
        Target: mount.containerPath,
        ReadOnly: mount.readOnly,
        BindOptions: { Propagation: mount.propagation },
      })),
      Devices: config.devices.map((path) => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm' })),
      Privileged: security.privileged,
      CapAdd: security.capabilitiesAdd,
      CapDrop: security.capabilitiesDrop,
      ReadonlyRootfs: security.readOnlyRootFilesystem,
      GroupAdd: security.supplementalGroups.map(String),
      SecurityOpt: securityOptions,
      ...(security.unmaskedProc ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
      ...(resources.cpuShares === undefined ? {} : { CpuShares: resources.cpuShares }),
      ...(resources.nanoCpus === undefined ? {} : { CpuPeriod: cpuPeriodUs, CpuQuota: quotaOf(resources.nanoCpus) }),
      ...(resources.memoryBytes === undefined ? {} : { Memory: resources.memoryBytes, MemorySwap: resources.memoryBytes }),
      ...(resources.oomScoreAdj === undefined ? {} : { OomScoreAdj: oomScoreOf(resources.oomScoreAdj) }),
      LogConfig: { Type: 'json-file', Config: logLimits },
      RestartPolicy: { Name: 'no' },
    },
  }
}
