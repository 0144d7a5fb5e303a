import type { Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import type { ContainerRuntime, RuntimeContainer } from '@quarterdeck/runtime'
import { framedLink } from '@quarterdeck/streams'
import type { TunnelRequest, TunnelResponse } from '@quarterdeck/tunnel'

import { containersOf } from '../pods/pod-model.ts'
import { joinProcess, streamOptionsOf } from './sessions.ts'

export interface SessionTarget {
  request: TunnelRequest
  response: TunnelResponse
  pod: Pod
  container: string
  query: URLSearchParams
}

/** Runs `?command=…&command=…` in a container. Both bodies are the messages of a session (framedLink). */
export async function serveExec(runtime: ContainerRuntime, target: SessionTarget): Promise<void> {
  const command = target.query.getAll('command')
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container')
  const options = streamOptionsOf(target.query)
  const running = await runningContainer(runtime, target)
  const process = await runtime.execStream(running.id, command, options)
  target.response.stream.respond({ ':status': 200 })
  await joinProcess(framedLink(target.response.stream), process)
}

/** Joins a client to the container's own process. A terminal is one if the container was made with one. */
export async function serveAttach(runtime: ContainerRuntime, target: SessionTarget): Promise<void> {
  const { pod, container, query } = target
  const options = streamOptionsOf(query)
  const running = await runningContainer(runtime, target)
  const tty = containersOf(pod).find(({ spec }) => spec.name === container)?.spec.tty ?? false
  const process = await runtime.attach(running.id, { ...options, tty, stderr: options.stderr && !tty })
  target.response.stream.respond({ ':status': 200 })
  await joinProcess(framedLink(target.response.stream), process)
}

async function runningContainer(runtime: ContainerRuntime, { pod, container }: SessionTarget): Promise<RuntimeContainer> {
  const found = (await runtime.listContainers(pod.metadata.uid)).find(({ name, state }) => name === container && state === 'running')
  if (!found) throw badRequest(`container ${container} is not running in pod ${pod.metadata.name}`)
  return found
}
