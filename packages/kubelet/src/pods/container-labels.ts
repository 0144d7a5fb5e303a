import { createHash } from 'node:crypto'

import type { V1Container } from '@quarterdeck/api'
import type { RuntimeContainer } from '@quarterdeck/runtime'

const specHash = 'io.kubernetes.container.hash'
const restartDelayMs = 'io.quarterdeck.restart-delay-ms'

/** Notes that a container carries so that a restarted agent knows what the one before knew. */
export function containerLabelsOf(spec: V1Container, delayMs: number): Record<string, string> {
  return {
    [specHash]: specHashOf(spec),
    [restartDelayMs]: String(delayMs),
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

/** How long after the end of this container its successor has to wait. */
export const restartDelayOf = (container: RuntimeContainer): number => Number(container.labels[restartDelayMs] ?? 0)
