import type { V1DeviceSubRequest, V1ExactDeviceRequest, V1ResourceClaimSpec } from '../generated/types.ts'

/** Each request that doesn't say how many devices it wants wants one. */
export function applyRequestDefaults(spec: V1ResourceClaimSpec | undefined): void {
  for (const { exactly, firstAvailable = [] } of spec?.devices?.requests ?? [])
    for (const request of exactly ? [exactly, ...firstAvailable] : firstAvailable) applyCount(request)
}

function applyCount(request: V1ExactDeviceRequest | V1DeviceSubRequest): void {
  request.allocationMode ||= 'ExactCount'
  if (request.allocationMode === 'ExactCount') request.count ||= 1
}
