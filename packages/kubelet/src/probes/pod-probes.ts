import type { Pod, V1Probe } from '@quarterdeck/api'
import type { Clock } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime, RuntimeContainer } from '@quarterdeck/runtime'

import { containerIdOf } from '../pods/container-status.ts'
import { containersOf, type PodContainer, statusOfContainer } from '../pods/pod-model.ts'
import { type CheckResult, checkHttp, checkTcp } from './check.ts'
import { checkGrpc } from './check-grpc.ts'
import { runProbe } from './probe-worker.ts'

interface Probed {
  stop: AbortController
  isStarted: boolean
  isReady: boolean
  /** Completes `Container x …, will be restarted`. */
  unhealthy: string | undefined
}

export interface PodProbesOptions {
  runtime: ContainerRuntime
  clock: Clock
  onChange: () => void
  tell: (container: PodContainer, type: 'Warning', reason: string, message: string) => void
}

type ProbeName = 'startup' | 'readiness' | 'liveness'
const titles: Record<ProbeName, string> = { startup: 'Startup', readiness: 'Readiness', liveness: 'Liveness' }

/** Probes of one pod's running containers, by container id. */
export class PodProbes {
  readonly #options: PodProbesOptions
  readonly #probed = new Map<string, Probed>()
  #isClosed = false

  constructor(options: PodProbesOptions) {
    this.#options = options
  }

  isStarted = (containerId: string): boolean => this.#probed.get(containerId)?.isStarted ?? false
  isReady = (containerId: string): boolean => this.#probed.get(containerId)?.isReady ?? false
  unhealthyReason = (containerId: string): string | undefined => this.#probed.get(containerId)?.unhealthy

  /** Starts probing what has begun to run and stops what no longer does. */
  follow(pod: Pod, running: readonly RuntimeContainer[], podIp: string): void {
    if (this.#isClosed) return
    const ids = new Set(running.map((container) => container.id))
    for (const [id, probed] of this.#probed)
      if (!ids.has(id)) {
        probed.stop.abort()
        this.#probed.delete(id)
      }
    for (const container of containersOf(pod)) {
      const found = running.find((candidate) => candidate.name === container.spec.name)
      if (found && !this.#probed.has(found.id)) this.#start({ pod, container, found, podIp })
    }
  }

  stop(): void {
    for (const probed of this.#probed.values()) probed.stop.abort()
    this.#probed.clear()
  }

  /** Stops for good: a look at the pod that is still under way starts nothing any more. */
  close(): void {
    this.#isClosed = true
    this.stop()
  }

  #start(target: Target): void {
    const { pod, container, found } = target
    const { startupProbe, readinessProbe, livenessProbe } = container.spec
    // What an agent before us found still holds: a restart of the agent must not take pods out of their services.
    const told = statusOfContainer(pod, container)
    const before = told?.containerID === containerIdOf(found) ? told : undefined
    const probed: Probed = {
      stop: new AbortController(),
      isStarted: startupProbe ? (before?.started ?? false) : true,
      isReady: readinessProbe ? (before?.ready ?? false) : true,
      unhealthy: undefined,
    }
    this.#probed.set(found.id, probed)
    if (startupProbe) this.#run('startup', startupProbe, { target, probed, isDue: () => !probed.isStarted })
    if (readinessProbe) this.#run('readiness', readinessProbe, { target, probed, isDue: () => probed.isStarted })
    if (livenessProbe) this.#run('liveness', livenessProbe, { target, probed, isDue: () => probed.isStarted })
  }

  #run(name: ProbeName, probe: V1Probe, { target, probed, isDue }: { target: Target; probed: Probed; isDue: () => boolean }): void {
    const { clock, tell, onChange } = this.#options
    void runProbe({
      probe,
      startedAtMs: target.found.startedAtMs ?? clock.now(),
      clock,
      signal: probed.stop.signal,
      isDue,
      check: (timeoutMs) => this.#check(probe, target, timeoutMs),
      onFailedCheck: (message) => tell(target.container, 'Warning', 'Unhealthy', `${titles[name]} probe failed: ${message}`),
      onVerdict: (ok) => {
        if (applyVerdict(probed, name, ok)) onChange()
      },
    })
  }

  async #check(probe: V1Probe, { container, found, podIp }: Target, timeoutMs: number): Promise<CheckResult> {
    const target = { container: container.spec, podIp, timeoutMs }
    if (probe.httpGet) return checkHttp(probe.httpGet, target)
    if (probe.tcpSocket) return checkTcp(probe.tcpSocket, target)
    if (probe.grpc) return checkGrpc(probe.grpc, target)
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const result = await this.#options.runtime.exec(found.id, probe.exec?.command ?? [], timeout)
      return { ok: result.exitCode === 0, message: result.output }
    } catch (error) {
      const seconds = Math.round(timeoutMs / 1000)
      return {
        ok: false,
        message: timeout.aborted
          ? `command timed out: ${JSON.stringify((probe.exec?.command ?? []).join(' '))} timed out after ${seconds}s`
          : (error as Error).message,
      }
    }
  }
}

interface Target {
  pod: Pod
  container: PodContainer
  found: RuntimeContainer
  podIp: string
}

/** Whether anything changed. */
function applyVerdict(probed: Probed, name: ProbeName, ok: boolean): boolean {
  const before = { ...probed }
  if (name === 'readiness') probed.isReady = ok
  else if (!ok) probed.unhealthy = `failed ${name} probe`
  else if (name === 'startup') probed.isStarted = true
  return before.isReady !== probed.isReady || before.isStarted !== probed.isStarted || before.unhealthy !== probed.unhealthy
}
