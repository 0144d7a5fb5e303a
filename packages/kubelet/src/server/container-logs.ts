import type { Readable } from 'node:stream'

import type { Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import type { ContainerRuntime } from '@quarterdeck/runtime'

import { attemptsOf, containersOf, hasEnded, statusOfContainer } from '../pods/pod-model.ts'
import type { LogRequest } from './log-request.ts'

export interface LogTarget {
  pod: Pod
  container: string
  request: LogRequest
  signal: AbortSignal
}

/** The log of a container's current attempt, or of the one before. Throws ApiError BadRequest while there is none, as Kubernetes words it. */
export async function readContainerLog(runtime: ContainerRuntime, target: LogTarget): Promise<AsyncIterable<Buffer>> {
  const { pod, container, request, signal } = target
  const { uid, name } = pod.metadata
  const declared = containersOf(pod).find((candidate) => candidate.spec.name === container)
  if (!declared) throw badRequest(`container ${container} is not valid for pod ${name}`)
  const attempts = attemptsOf({ sandboxes: [], containers: await runtime.listContainers(uid) }, container)
  const started = attempts.filter((found) => found.state === 'running' || hasEnded(found))
  const [latest, previous] = started
  // While it waits for its restart, the attempt that ended last is the previous one as well.
  const waits = statusOfContainer(pod, declared)?.state?.waiting
  const found = request.previous ? (latest?.state === 'running' ? previous : waits ? latest : previous) : latest
  if (!found && request.previous) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`)
  if (!found) throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waits?.reason ?? 'ContainerCreating'}`)
  const stream = await runtime.logs(found.id, { ...request, signal })
  return request.limitBytes === undefined ? stream : limited(stream, request.limitBytes)
}

async function* limited(stream: Readable, limitBytes: number): AsyncIterable<Buffer> {
  let left = limitBytes
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (left <= 0) return
    yield chunk.subarray(0, left)
    left -= chunk.length
  }
}
