import type { RuntimeContainer } from '@quarterdeck/runtime'

import { restartDelayOf } from './container-labels.ts'

const firstDelayMs = 10_000
const maxDelayMs = 300_000
/** A container that ran this long is forgiven its earlier ends. */
const forgivenAfterMs = 600_000

export interface RestartTime {
  /** When its successor may start. */
  dueAtMs: number
  /** What the successor waited for; 0 for the first restart, which is at once. */
  delayMs: number
  /** The delay to record on the successor: after its end the next one waits this long. */
  nextDelayMs: number
}

/** Kubernetes' crash loop: at once, then after 10 s, doubling to 5 minutes. Depends on nothing but what the container carries. */
export function restartTimeOf(ended: RuntimeContainer): RestartTime {
  const endedAtMs = ended.finishedAtMs ?? ended.createdAtMs
  const ranMs = ended.startedAtMs === undefined ? 0 : endedAtMs - ended.startedAtMs
  const delayMs = ranMs >= forgivenAfterMs ? 0 : restartDelayOf(ended)
  return { dueAtMs: endedAtMs + delayMs, delayMs, nextDelayMs: Math.min(maxDelayMs, Math.max(firstDelayMs, delayMs * 2)) }
}
