import type { ResourceClaim } from '../kinds/resource-claim.ts'
import { allocatedDeviceId } from './allocated-device-id.ts'

/** What drivers said of devices goes with their allocation, for clients that take that away know nothing of it. */
export function dropDeallocatedDevices({ status }: ResourceClaim, { status: old }: ResourceClaim): void {
  if (!status?.devices) return
  const gone = new Set((old?.allocation?.devices?.results ?? []).map(allocatedDeviceId))
  for (const result of status.allocation?.devices?.results ?? []) gone.delete(allocatedDeviceId(result))
  const left = status.devices.filter((device) => !gone.has(allocatedDeviceId(device)))
  if (left.length > 0) status.devices = left
  else delete status.devices
}
