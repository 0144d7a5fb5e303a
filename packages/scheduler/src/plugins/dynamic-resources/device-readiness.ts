import type { ResourceClaim, V1DeviceRequestAllocationResult } from '@quarterdeck/api'

/** Whether the devices of a claim are ready for a Pod to be bound (KEP-5007): `pending` until their drivers say so, or what failed. */
export type DeviceReadiness = 'ready' | 'pending' | { failure: string }

export function deviceReadinessOf(claim: ResourceClaim): DeviceReadiness {
  for (const result of claim.status.allocation?.devices?.results ?? []) {
    const readiness = readinessOf(claim, result)
    if (readiness !== 'ready') return readiness
  }
  return 'ready'
}

/** Whether somebody has to say something of the devices before a Pod is bound. */
export const hasBindingConditions = ({ status }: ResourceClaim): boolean =>
  status.allocation?.devices?.results?.some(({ bindingConditions }) => bindingConditions?.length) ?? false

function readinessOf({ metadata, status }: ResourceClaim, result: V1DeviceRequestAllocationResult): DeviceReadiness {
  if (!result.bindingConditions?.length) return 'ready'
  const device = status.devices?.find(
    ({ driver, pool, device: name, shareID }) =>
      driver === result.driver && pool === result.pool && name === result.device && shareID === result.shareID,
  )
  const isTrue = (type: string): boolean => device?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false
  const failed = result.bindingFailureConditions?.find(isTrue)
  if (failed !== undefined) {
    const { reason, message } = device?.conditions?.find(({ type }) => type === failed) ?? {}
    return { failure: `device binding failed: claim=${metadata.name}, reason=${reason ?? ''}, message=${JSON.stringify(message ?? '')}` }
  }
  return result.bindingConditions.every(isTrue) ? 'ready' : 'pending'
}
