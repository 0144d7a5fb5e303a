import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { PluginCaches } from '../plugin-caches.ts'

export interface AwaitOptions {
  caches: PluginCaches
  clock: Clock
  timeoutMs: number
  signal: AbortSignal
}

/**
 * Looks now and whenever an object of the kind changes, until `look` says `done`. Rejects with what it says failed, with `timeoutMessage`
 * when it takes too long, and when the scheduler stops.
 */
export function awaitOutcome<T extends KubeObject>(
  kind: Kind<T>,
  look: () => 'done' | 'waiting' | { failure: string },
  { caches, clock, timeoutMs, timeoutMessage, signal }: AwaitOptions & { timeoutMessage: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      cancel()
      removeListener()
      signal.removeEventListener('abort', abort)
      if (error) reject(error)
      else resolve()
    }
    const abort = (): void => end(new Error('the scheduler stops'))
    const lookAgain = (): void => {
      const outcome = look()
      if (outcome === 'done') end()
      else if (outcome !== 'waiting') end(new Error(outcome.failure))
    }
    const cancel = clock.after(timeoutMs, () => end(new Error(timeoutMessage)))
    const removeListener = caches.onChange(kind, lookAgain)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else lookAgain()
  })
}
