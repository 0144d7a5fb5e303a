import { isIP } from 'node:net'

import { invalidField, tooLongField, tooManyField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1AllocatedDeviceStatus, V1AllocationResult, V1NetworkDeviceData } from '../generated/types.ts'
import { allocatedDeviceId } from '../devices/allocated-device-id.ts'
import { validateSet } from './bounded-lists.ts'
import { validateConditions } from './conditions.ts'
import { validateJsonObject } from './device-configuration.ts'
import { validateLabelNamed, validatePoolName, validateShareId } from './device-names.ts'
import { validateDriverName } from './driver-name.ts'

const maxConditions = 8
const maxDataBytes = 10 * 1024
const maxInterfaceNameBytes = 256
const maxHardwareAddressBytes = 128
const maxAddresses = 16

/** What drivers say of the devices of a claim: only of those that were allocated. */
export function validateAllocatedDevices(
  devices: readonly V1AllocatedDeviceStatus[] | undefined,
  allocation: V1AllocationResult | undefined,
  field: string,
): FieldError[] {
  const allocated = new Set((allocation?.devices?.results ?? []).map(allocatedDeviceId))
  return validateSet(devices, {
    field,
    max: Infinity,
    item: (device, at) => validateDevice(device, allocated, at),
    keyOf: allocatedDeviceId,
  })
}

function validateDevice(device: V1AllocatedDeviceStatus, allocated: ReadonlySet<string>, field: string): FieldError[] {
  const { conditions = [], data } = device
  const id = allocatedDeviceId(device)
  return [
    ...validateDriverName(device.driver, `${field}.driver`),
    ...validatePoolName(device.pool, `${field}.pool`),
    ...validateLabelNamed(device.device, `${field}.device`),
    ...validateShareId(device.shareID, `${field}.shareID`),
    ...(allocated.has(id) ? [] : [invalidField(field, id, 'must be an allocated device in the claim')]),
    ...(conditions.length > maxConditions ? [tooManyField(`${field}.conditions`, conditions.length, maxConditions)] : []),
    ...validateConditions(conditions, `${field}.conditions`),
    ...(data === undefined || data === null ? [] : validateJsonObject(data, `${field}.data`, maxDataBytes)),
    ...validateNetworkData(device.networkData ?? {}, `${field}.networkData`),
  ]
}

function validateNetworkData({ interfaceName = '', hardwareAddress = '', ips }: V1NetworkDeviceData, field: string): FieldError[] {
  return [
    ...validateLength(interfaceName, maxInterfaceNameBytes, `${field}.interfaceName`),
    ...validateLength(hardwareAddress, maxHardwareAddressBytes, `${field}.hardwareAddress`),
    ...validateSet(ips, { field: `${field}.ips`, max: maxAddresses, item: validateInterfaceAddress, keyOf: (ip) => ip }),
  ]
}

const validateLength = (text: string, max: number, field: string): FieldError[] =>
  Buffer.byteLength(text) > max ? [tooLongField(field, max)] : []

/** An address with the length of its network's prefix. */
function validateInterfaceAddress(value: string, field: string): FieldError[] {
  const [, address = '', length = ''] = /^([^/]+)\/(0|[1-9]\d*)$/.exec(value) ?? []
  const family = isIP(address)
  const isRight = family !== 0 && length !== '' && Number(length) <= (family === 4 ? 32 : 128)
  return isRight ? [] : [invalidField(field, value, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)')]
}
