import type { V1Probe } from '@quarterdeck/api'
import { type Clock, sleep } from '@quarterdeck/controller-runtime'

import type { CheckResult } from './check.ts'

export interface ProbeWorkerOptions {
  probe: V1Probe
  startedAtMs: number
  clock: Clock
  signal: AbortSignal
  /** False while there is nothing to probe yet (before the startup probe passed): the round is left out. */
  isDue: () => boolean
  check: (timeoutMs: number) => Promise<CheckResult>
  onFailedCheck: (message: string) => void
  /** Called whenever as many checks in a row as the threshold asks for agree. */
  onVerdict: (ok: boolean) => void
}

/** Checks in its period until the signal aborts. Thresholds count checks in a row. */
export async function runProbe(options: ProbeWorkerOptions): Promise<void> {
  const { probe, clock, signal } = options
  const periodMs = (probe.periodSeconds ?? 10) * 1000
  const firstAtMs = options.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000
  let inRow = 0
  let last: boolean | undefined
  await sleep(clock, Math.max(0, firstAtMs - clock.now()), signal)
  while (!signal.aborted) {
    const roundAtMs = clock.now()
    if (options.isDue()) {
      const result = await guarded(options.check, (probe.timeoutSeconds ?? 1) * 1000)
      if (signal.aborted) return
      inRow = result.ok === last ? inRow + 1 : 1
      last = result.ok
      if (!result.ok) options.onFailedCheck(result.message)
      if (inRow >= (result.ok ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3))) options.onVerdict(result.ok)
      await sleep(clock, Math.max(0, roundAtMs + periodMs - clock.now()), signal)
    } else {
      await sleep(clock, Math.min(periodMs, 250), signal)
    }
  }
}

async function guarded(check: ProbeWorkerOptions['check'], timeoutMs: number): Promise<CheckResult> {
  try {
    return await check(timeoutMs)
  } catch (error) {
    return { ok: false, message: (error as Error).message }
  }
}
