import type { V1LifecycleHandler } from '@quarterdeck/api'
import { realClock, sleep } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime } from '@quarterdeck/runtime'

import { checkHttp, checkTcp, type CheckTarget } from '../probes/check.ts'

export interface HookTarget extends Omit<CheckTarget, 'timeoutMs'> {
  runtime: ContainerRuntime
  containerId: string
  signal: AbortSignal
}

/** A hook that hangs must not hold a container that has no deadline for ever. */
const longestHookMs = 3_600_000

/** Runs a postStart or preStop hook to its end, or until the signal aborts. Rejects if it fails. */
export async function runHook(hook: V1LifecycleHandler, target: HookTarget): Promise<void> {
  if (hook.sleep) return sleep(realClock, hook.sleep.seconds * 1000, target.signal)
  if (hook.exec) {
    const result = await target.runtime.exec(target.containerId, hook.exec.command ?? [], target.signal)
    if (result.exitCode !== 0)
      throw new Error(`command '${(hook.exec.command ?? []).join(' ')}' exited with ${result.exitCode}: ${result.output}`)
    return
  }
  const work = hook.httpGet
    ? checkHttp(hook.httpGet, { ...target, timeoutMs: longestHookMs })
    : hook.tcpSocket
      ? checkTcp(hook.tcpSocket, { ...target, timeoutMs: longestHookMs })
      : undefined
  const result = await Promise.race([work, abortOf(target.signal)])
  if (result && !result.ok) throw new Error(result.message)
}

function abortOf(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
