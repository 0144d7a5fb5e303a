import { resourceClaims, type ResourceClaim } from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'

import { awaitOutcome, type AwaitOptions } from '../../framework/await-outcome.ts'
import type { PluginCaches } from '../../plugin-caches.ts'
import { deviceReadinessOf, hasBindingConditions } from './device-readiness.ts'

/** How long drivers have to make devices ready. */
export const deviceTimeoutMs = 600_000

/** Resolves when the devices of all claims are ready. Rejects if one of them fails, its claim goes, or it takes too long. */
export function awaitDevices(claims: readonly ResourceClaim[], options: Omit<AwaitOptions, 'timeoutMs'>): Promise<void> {
  const waiting = claims.filter(hasBindingConditions)
  if (waiting.length === 0) return Promise.resolve()
  const names = waiting.map(({ metadata }) => metadata.name).join(', ')
  const look = () => {
    const now = waiting.map((claim) => readinessNow(claim, options.caches))
    const failed = now.find((readiness) => typeof readiness === 'object')
    return failed ?? (now.every((readiness) => readiness === 'ready') ? 'done' : 'waiting')
  }
  return awaitOutcome(resourceClaims, look, {
    ...options,
    timeoutMs: deviceTimeoutMs,
    timeoutMessage: `device binding timeout: claim=${names}`,
  })
}

function readinessNow(claim: ResourceClaim, caches: PluginCaches): ReturnType<typeof deviceReadinessOf> {
  const current = caches.cache(resourceClaims).get(keyOf(claim))
  if (!current || current.metadata.uid !== claim.metadata.uid) return { failure: `could not find ResourceClaim "${claim.metadata.name}"` }
  return deviceReadinessOf(current)
}
