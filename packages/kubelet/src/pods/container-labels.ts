import { createHash } from 'node:crypto'

import type { V1Container } from '@quarterdeck/api'
import type { RuntimeContainer } from '@quarterdeck/runtime'

const specHash = 'io.kubernetes.container.hash'
const restartDelayMs = 'io.quarterdeck.restart-delay-ms'
const restartRound = 'io.quarterdeck.restart-round'

export interface RestartNotes {
  /** How long the successor of this container has to wait after its end. */
  restartDelayMs: number
  /** How often all containers of the pod had been restarted together when this one was made. */
  restartRound: number
}

/** Notes that a container carries so that a restarted agent knows what the one before knew. */
export function containerLabelsOf(spec: V1Container, notes: RestartNotes): Record<string, string> {
  return {
    [specHash]: specHashOf(spec),
    [restartDelayMs]: String(notes.restartDelayMs),
    [restartRound]: String(notes.restartRound),
  }
}

/** Covers what a change of restarts the container: of a running pod only the image can change. */
export function specHashOf(spec: V1Container): string {
  return createHash('sha256')
    .update(JSON.stringify([spec.name, spec.image]))
    .digest('hex')
    .slice(0, 16)
}

export const recordedHashOf = (container: RuntimeContainer): string => container.labels[specHash] ?? ''

export const restartDelayOf = (container: RuntimeContainer): number => Number(container.labels[restartDelayMs] ?? 0)
export const restartRoundOf = (container: RuntimeContainer): number => Number(container.labels[restartRound] ?? 0)
