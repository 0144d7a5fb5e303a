import { resourceClaims, type ResourceClaim } from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'
import type { Clock } from '@quarterdeck/controller-runtime'

import type { PluginCaches } from '../../plugin-caches.ts'
import { deviceReadinessOf, hasBindingConditions } from './device-readiness.ts'

/** How long drivers have to make devices ready. */
export const deviceTimeoutMs = 600_000

export interface AwaitDevicesOptions {
  caches: PluginCaches
  clock: Clock
  signal: AbortSignal
}

/** Resolves when the devices of all claims are ready. Rejects if one of them fails, its claim goes, or it takes too long. */
export function awaitDevices(claims: readonly ResourceClaim[], { caches, clock, signal }: AwaitDevicesOptions): Promise<void> {
  const waiting = claims.filter(hasBindingConditions)
  if (waiting.length === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      cancel()
      removeListener()
      signal.removeEventListener('abort', abort)
      if (error) reject(error)
      else resolve()
    }
    const abort = (): void => end(new Error('the scheduler stops'))
    const look = (): void => {
      const now = waiting.map((claim) => readinessNow(claim, caches))
      const failed = now.find((readiness) => typeof readiness === 'object')
      if (failed) end(new Error(failed.failure))
      else if (now.every((readiness) => readiness === 'ready')) end()
    }
    const names = waiting.map(({ metadata }) => metadata.name).join(', ')
    const cancel = clock.after(deviceTimeoutMs, () => end(new Error(`device binding timeout: claim=${names}`)))
    const removeListener = caches.onChange(resourceClaims, look)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    else look()
  })
}

function readinessNow(claim: ResourceClaim, caches: PluginCaches): ReturnType<typeof deviceReadinessOf> {
  const current = caches.cache(resourceClaims).get(keyOf(claim))
  if (!current || current.metadata.uid !== claim.metadata.uid) return { failure: `could not find ResourceClaim "${claim.metadata.name}"` }
  return deviceReadinessOf(current)
}
