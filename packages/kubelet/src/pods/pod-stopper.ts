import type { Pod } from '@quarterdeck/api'
import type { RuntimeContainer } from '@quarterdeck/runtime'

import { runHook } from '../containers/lifecycle-hook.ts'
import type { NodeContext } from '../node-context.ts'
import { activeSandboxOf, containersOf, type PodView } from './pod-model.ts'

/** Time that containers have to end. It can be cut short, never lengthened. */
export class Deadline {
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #atMs = Infinity

  constructor(graceSeconds: number) {
    this.shorten(graceSeconds)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** At most so long from now. */
  shorten(graceSeconds: number): void {
    const atMs = Date.now() + graceSeconds * 1000
    if (atMs >= this.#atMs || this.signal.aborted) return
    this.#atMs = atMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(), graceSeconds * 1000)
  }

  end(): void {
    clearTimeout(this.#timer)
  }
}

/** Stops one container: its preStop hook, its stop signal, and SIGKILL when the time is up. */
export async function stopContainer(
  context: NodeContext,
  pod: Pod,
  options: { found: RuntimeContainer; view: PodView; message: string; deadline: Deadline },
): Promise<void> {
  const { found, deadline } = options
  const container = containersOf(pod).find((candidate) => candidate.spec.name === found.name)
  context.recorder.event(pod, 'Normal', 'Killing', options.message, container?.fieldPath)
  const hook = container?.spec.lifecycle?.preStop
  if (hook && !deadline.signal.aborted) {
    const podIp = activeSandboxOf(options.view)?.ip ?? context.hostIps[0] ?? '127.0.0.1'
    const target = { runtime: context.runtime, container: container.spec, containerId: found.id, podIp, signal: deadline.signal }
    await runHook(hook, target).catch((error: unknown) => {
      if (!deadline.signal.aborted)
        context.recorder.event(pod, 'Warning', 'FailedPreStopHook', `PreStopHook failed: ${(error as Error).message}`, container.fieldPath)
    })
  }
  await context.runtime.stopContainer(found.id, deadline.signal)
}

/** Stops everything of a pod: main and init containers together, then its sidecars, the last started first. */
export async function stopAllContainers(context: NodeContext, pod: Pod, options: { view: PodView; deadline: Deadline }): Promise<void> {
  const { view, deadline } = options
  const sidecars = containersOf(pod)
    .filter((container) => container.role === 'sidecar')
    .map((container) => container.spec.name)
    .toReversed()
  const running = view.containers.filter((found) => found.state === 'running')
  const stop = (found: RuntimeContainer) =>
    stopContainer(context, pod, { found, view, message: `Stopping container ${found.name}`, deadline })
  await Promise.all(running.filter((found) => !sidecars.includes(found.name)).map(stop))
  for (const name of sidecars) for (const found of running) if (found.name === name) await stop(found)
}
