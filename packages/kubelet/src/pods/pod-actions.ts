import type { Pod } from '@quarterdeck/api'
import { backoffMs } from '@quarterdeck/controller-runtime'
import { isRuntimeError, type Sandbox } from '@quarterdeck/runtime'

import { createContainer, startContainer, writePodFiles } from '../containers/container-starter.ts'
import { downwardOf, type NodeContext } from '../node-context.ts'
import { VolumeError } from '../volumes/payload.ts'
import type { VolumePaths } from '../volumes/pod-volumes.ts'
import { ContainerWaitError } from './container-wait-error.ts'
import { activeSandboxOf, type PodView } from './pod-model.ts'
import type { PodAction, PodPlan, WaitingReason } from './pod-plan.ts'
import { Deadline, stopContainer } from './pod-stopper.ts'
import { sandboxConfigOf } from './sandbox-config.ts'

/** Why containers wait and when to try again, by name, from the last attempt to start each. */
export type StartWaits = Map<string, WaitingReason & { retryAtMs: number }>

export interface PodActionsHost {
  context: NodeContext
  waiting: StartWaits
  /** The newest version of the pod. */
  pod: () => Pod
  wakeAt: (atMs: number) => void
}

const networkRetryMs = 1_000
const mountRetry = { baseMs: 500, maxMs: 30_000 }
const startRetryMs = 30_000
const defaultGraceSeconds = 30

/** Does what a pod's plan says. */
export class PodActions {
  readonly #host: PodActionsHost
  readonly #pulls = new AbortController()
  #deadline: Deadline | undefined
  #mount = { failures: 0, retryAtMs: 0 }

  constructor(host: PodActionsHost) {
    this.#host = host
  }

  get hasGivenUp(): boolean {
    return this.#pulls.signal.aborted
  }

  /** Starts nothing any more, and stops waiting for images. */
  giveUp(): void {
    this.#pulls.abort()
  }

  /** What volumes are made of changed: no need to wait any longer to make them. */
  retryMounts(): void {
    this.#mount = { failures: 0, retryAtMs: 0 }
  }

  /** A container that is being stopped has at most so long from now. */
  shorten(graceSeconds: number): void {
    this.#deadline?.shorten(graceSeconds)
  }

  /** Whether anything was done after which the pod should be looked at again at once. */
  async apply(plan: PodPlan, view: PodView): Promise<boolean> {
    let progress = false
    let volumes: VolumePaths | undefined
    for (const action of plan.actions) {
      if (this.#pulls.signal.aborted) return true
      if (action.type === 'createSandbox' || action.type === 'createContainer' || action.type === 'startContainer') {
        volumes ??= await this.#setUpVolumes(activeSandboxOf(view))
        if (!volumes) continue
      }
      progress = (await this.#act(action, { view, volumes: volumes ?? new Map() })) || progress
    }
    // The pod lives on and so do its volumes: what they show may have changed.
    if (plan.actions.length === 0) await this.#setUpVolumes(activeSandboxOf(view))
    return progress
  }

  async #act(action: PodAction, { view, volumes }: { view: PodView; volumes: VolumePaths }): Promise<boolean> {
    const context = this.#host.context
    const pod = this.#host.pod()
    switch (action.type) {
      case 'removeSandbox':
        await context.runtime.removeSandbox(action.sandbox.id)
        return true
      case 'removeContainer':
        await context.runtime.removeContainer(action.found.id)
        return true
      case 'stopContainer': {
        const deadline = new Deadline(pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds)
        this.#deadline = deadline
        await stopContainer(context, pod, { found: action.found, view, message: action.message, deadline })
        deadline.end()
        this.#deadline = undefined
        return true
      }
      case 'createSandbox':
        return this.#createSandbox(action.attempt)
      case 'startContainer': {
        const sandbox = activeSandboxOf(view)
        if (sandbox) await startContainer(context, { pod, container: action.container, containerId: action.found.id, sandbox })
        return true
      }
      case 'createContainer':
        return this.#createContainer(action, volumes)
    }
  }

  async #createSandbox(attempt: number): Promise<boolean> {
    const { networkNotReady, recorder, runtime, clock, dns } = this.#host.context
    const pod = this.#host.pod()
    const why = pod.spec.hostNetwork ? undefined : networkNotReady()
    if (why) {
      recorder.event(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${why}`)
      this.#host.wakeAt(clock.now() + networkRetryMs)
      return false
    }
    try {
      await writePodFiles(this.#host.context, pod, await runtime.createSandbox(sandboxConfigOf(pod, attempt, dns.domain)))
      return true
    } catch (error) {
      if (isRuntimeError(error, 'Conflict')) return true
      recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${(error as Error).message}`)
      throw error
    }
  }

  async #createContainer(action: Extract<PodAction, { type: 'createContainer' }>, volumes: VolumePaths): Promise<boolean> {
    const { clock } = this.#host.context
    const { name } = action.container.spec
    const waits = this.#host.waiting.get(name)
    if (waits && waits.retryAtMs > clock.now()) return false
    try {
      const pod = this.#host.pod()
      // A restarted agent may find a sandbox whose files were never written.
      await writePodFiles(this.#host.context, pod, action.sandbox)
      await createContainer(this.#host.context, { ...action, pod, volumes, signal: this.#pulls.signal })
      this.#host.waiting.delete(name)
      return true
    } catch (error) {
      if (this.#pulls.signal.aborted) return true
      if (!(error instanceof ContainerWaitError)) throw error
      const retryAtMs = error.retryAtMs ?? clock.now() + startRetryMs
      this.#host.waiting.set(name, { reason: error.reason, message: error.message, retryAtMs })
      return false
    }
  }

  async #setUpVolumes(sandbox: Sandbox | undefined): Promise<VolumePaths | undefined> {
    const { volumes, objects, tokens, folders, recorder, clock } = this.#host.context
    const pod = this.#host.pod()
    const { failures, retryAtMs } = this.#mount
    if (retryAtMs > clock.now()) {
      this.#host.wakeAt(retryAtMs)
      return undefined
    }
    try {
      await folders.ensure(pod.metadata.uid)
      const made = await volumes.setUp({ pod, objects, tokens, downward: downwardOf(this.#host.context, pod, sandbox?.ip) })
      this.retryMounts()
      return made
    } catch (error) {
      if (!(error instanceof VolumeError)) throw error
      recorder.event(pod, 'Warning', 'FailedMount', error.message)
      this.#mount = { failures: failures + 1, retryAtMs: clock.now() + backoffMs(failures, mountRetry) }
      this.#host.wakeAt(this.#mount.retryAtMs)
      return undefined
    }
  }
}
