import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import type { Pod, V1Container } from '@quarterdeck/api'
import { type ContainerConfig, type ImageDetail, isRuntimeError, type RuntimeContainer, type Sandbox } from '@quarterdeck/runtime'

import { downwardOf, type NodeContext } from '../node-context.ts'
import { containerLabelsOf, type RestartNotes } from '../pods/container-labels.ts'
import { ContainerWaitError } from '../pods/container-wait-error.ts'
import { identityOf, type PodContainer } from '../pods/pod-model.ts'
import type { VolumePaths } from '../volumes/pod-volumes.ts'
import { ContainerConfigError, environmentOf } from './environment.ts'
import { expandVariables } from './expand.ts'
import { runHook } from './lifecycle-hook.ts'
import { mountsOf } from './mounts.ts'
import { hostsFileOf, resolvConfOf } from './name-resolution.ts'
import { resourcesOf } from './resources.ts'
import { securityOf } from './security.ts'

export interface StartRequest {
  pod: Pod
  container: PodContainer
  sandbox: Sandbox
  attempt: number
  notes: RestartNotes
  volumes: VolumePaths
  /** Gives up pulling its image. */
  signal: AbortSignal
}

const retryMs = 10_000

/** Makes one container and starts it. Rejects with ContainerWaitError, which says how the container waits. */
export async function createContainer(context: NodeContext, request: StartRequest): Promise<void> {
  const { pod, container } = request
  const { recorder, clock } = context
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    recorder.event(pod, type, reason, message, container.fieldPath)
  const image = await context.images.ensure({
    pod,
    container: container.spec,
    pullSecrets: () => pullSecretsOf(context, pod),
    tell,
    signal: request.signal,
  })
  const waitFor = (reason: string, error: Error) => {
    tell('Warning', 'Failed', `Error: ${error.message}`)
    return new ContainerWaitError(reason, error.message, clock.now() + retryMs)
  }
  let id: string
  try {
    id = await context.runtime.createContainer(await configOf(context, request, image))
  } catch (error) {
    if (isRuntimeError(error, 'Conflict')) return // made before: the next look finds it
    if (error instanceof ContainerConfigError) throw waitFor('CreateContainerConfigError', error)
    throw waitFor('CreateContainerError', error as Error)
  }
  tell('Normal', 'Created', `Container created`)
  await startContainer(context, { pod, container, containerId: id, sandbox: request.sandbox })
}

export interface StartTarget {
  pod: Pod
  container: PodContainer
  containerId: string
  sandbox: Sandbox
}

/** Starts a container that was made. One that cannot be started is left for the plan to see: it counts as ended. */
export async function startContainer(context: NodeContext, target: StartTarget): Promise<void> {
  const { pod, container, containerId } = target
  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    context.recorder.event(pod, type, reason, message, container.fieldPath)
  try {
    await context.runtime.startContainer(containerId)
  } catch (error) {
    if (!isRuntimeError(error, 'StartFailed')) throw error
    tell('Warning', 'Failed', `Error: failed to start container "${container.spec.name}": ${error.message}`)
    return
  }
  tell('Normal', 'Started', `Container started`)
  const hook = container.spec.lifecycle?.postStart
  if (!hook) return
  try {
    const podIp = target.sandbox.ip ?? context.hostIps[0] ?? '127.0.0.1'
    await runHook(hook, { runtime: context.runtime, container: container.spec, containerId, podIp, signal: context.signal })
  } catch (error) {
    tell('Warning', 'FailedPostStartHook', `PostStartHook failed: ${(error as Error).message}`)
    const grace = AbortSignal.timeout((pod.spec.terminationGracePeriodSeconds ?? 30) * 1000)
    await context.runtime.stopContainer(containerId, grace)
  }
}

/** The log of its last words, made before the container so that the engine can bind it. */
async function terminationLogOf(context: NodeContext, { pod, container, attempt }: StartRequest): Promise<string> {
  const path = context.folders.terminationLog(pod.metadata.uid, container.spec.name, attempt)
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a')
  await file.chmod(0o666)
  await file.close()
  return path
}

async function configOf(context: NodeContext, request: StartRequest, image: ImageDetail): Promise<ContainerConfig> {
  const { pod, container, sandbox } = request
  const { spec } = container
  const downward = downwardOf(context, pod, sandbox.ip)
  const environment = await environmentOf({ downward, objects: context.objects, services: context.services() }, spec)
  const ownFiles = new Map([
    ['/etc/hosts', context.folders.hosts(pod.metadata.uid)],
    ['/etc/resolv.conf', context.folders.resolvConf(pod.metadata.uid)],
    [spec.terminationMessagePath ?? '/dev/termination-log', await terminationLogOf(context, request)],
  ])
  const mounts = await mountsOf({ pod, volumes: request.volumes, environment, ownFiles }, spec)
  const expand = (texts: string[] | undefined) => texts?.map((text) => expandVariables(text, environment))
  return {
    pod: identityOf(pod),
    sandboxId: sandbox.id,
    name: spec.name,
    attempt: request.attempt,
    image: spec.image ?? '',
    command: nonEmpty(expand(spec.command)),
    args: nonEmpty(expand(spec.args)),
    env: [...environment].map(([name, value]) => ({ name, value })),
    workingDir: spec.workingDir,
    mounts,
    devices: (spec.volumeDevices ?? []).map((device) => device.devicePath),
    tty: spec.tty ?? false,
    stdin: spec.stdin ?? false,
    stdinOnce: spec.stdinOnce ?? false,
    stopSignal: spec.lifecycle?.stopSignal,
    resources: resourcesOf(pod, spec, context.info.memoryBytes),
    security: securityOf(pod, spec, image),
    pid: pod.spec.hostPID ? 'host' : pod.spec.shareProcessNamespace ? 'pod' : 'container',
    ipc: pod.spec.hostIPC ? 'host' : 'pod',
    labels: containerLabelsOf(spec, request.notes),
  }
}

const nonEmpty = (texts: string[] | undefined): string[] | undefined => (texts && texts.length > 0 ? texts : undefined)

/** /etc/hosts and /etc/resolv.conf of a pod, once its address is known. */
export async function writePodFiles(context: NodeContext, pod: Pod, sandbox: Sandbox): Promise<void> {
  const { folders, dns } = context
  const hostFile = pod.spec.hostNetwork ? await readFile('/etc/hosts', 'utf8').catch(() => '') : ''
  const ips = pod.spec.hostNetwork ? context.hostIps : sandbox.ip ? [sandbox.ip] : []
  await folders.ensure(pod.metadata.uid)
  await writeFile(folders.hosts(pod.metadata.uid), hostsFileOf(pod, { ips, domain: dns.domain, hostFile }))
  await writeFile(folders.resolvConf(pod.metadata.uid), resolvConfOf(pod, dns))
}

async function pullSecretsOf(context: NodeContext, pod: Pod) {
  const { namespace } = pod.metadata
  const found = await Promise.all(
    (pod.spec.imagePullSecrets ?? []).map((reference) => context.objects.secret({ namespace, name: reference.name ?? '' })),
  )
  return found.filter((secret) => secret !== undefined)
}

/** The last words of an ended container: what it wrote to its file, or after a failure the end of its log if it asked for that. */
export async function terminationMessageOf(context: NodeContext, found: RuntimeContainer, spec: V1Container | undefined): Promise<string> {
  const path = context.folders.terminationLog(found.pod.uid, found.name, found.attempt)
  const written = await readFile(path).catch(() => Buffer.alloc(0))
  if (written.length > 0) return written.subarray(0, maxMessageBytes).toString('utf8')
  if (spec?.terminationMessagePolicy !== 'FallbackToLogsOnError' || found.exitCode === 0 || found.state !== 'exited') return ''
  const chunks: Buffer[] = []
  const log = await context.runtime.logs(found.id, {
    follow: false,
    timestamps: false,
    tailLines: 80,
    sinceMs: undefined,
    streams: { stdout: true, stderr: true },
    signal: AbortSignal.any([context.signal, AbortSignal.timeout(5_000)]),
  })
  for await (const chunk of log as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).subarray(-2048).toString('utf8')
}

const maxMessageBytes = 4096
