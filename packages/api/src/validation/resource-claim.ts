import { forbiddenField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type {
  V1AllocationResult,
  V1DeviceAllocationConfiguration,
  V1DeviceRequestAllocationResult,
  V1ResourceClaimConsumerReference,
} from '../generated/types.ts'
import type { ResourceClaim } from '../kinds/resource-claim.ts'
import { validateNodeSelector } from '../pod-spec/validate-node-selector.ts'
import { validateAllocatedDevices } from './allocated-devices.ts'
import { validateList, validateSet } from './bounded-lists.ts'
import { validateBindingConditions } from './device-binding-conditions.ts'
import { validateResourceClaimSpec } from './device-claim.ts'
import { validateDeviceConfiguration } from './device-configuration.ts'
import { validateLabelNamed, validatePoolName, validateShareId } from './device-names.ts'
import { maxDeviceRequests, requestNamesOf, validateRequestReference, validateRequestReferences } from './device-request-names.ts'
import { validateDriverName } from './driver-name.ts'
import { immutableField } from './immutable.ts'

/** A claim that so many pods use is full. */
export const maxClaimConsumers = 256
/** Those of the classes and those of the claim. */
const maxConfigurations = 64
const sources = ['FromClaim', 'FromClass']

export function validateResourceClaim({ spec }: ResourceClaim): FieldError[] {
  return validateResourceClaimSpec(spec, 'spec')
}

export function validateResourceClaimUpdate({ spec }: ResourceClaim, { spec: old }: ResourceClaim): FieldError[] {
  return immutableField(spec, old, 'spec')
}

export function validateResourceClaimStatusUpdate({ metadata, spec, status }: ResourceClaim, { status: old }: ResourceClaim): FieldError[] {
  const { allocation, reservedFor = [] } = status ?? {}
  const errors = [
    ...validateSet(reservedFor, { field: 'status.reservedFor', max: maxClaimConsumers, item: validateConsumer, keyOf: ({ uid }) => uid }),
    ...validateAllocatedDevices(status?.devices, allocation, 'status.devices'),
  ]
  if (reservedFor.length > 0 && !allocation)
    errors.push(forbiddenField('status.reservedFor', 'may not be specified when `allocated` is not set'))
  const before = new Set(old?.reservedFor?.map(consumerKey))
  if (allocation && metadata.deletionTimestamp && reservedFor.some((consumer) => !before.has(consumerKey(consumer))))
    errors.push(
      forbiddenField('status.reservedFor', 'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set'),
    )
  if (!allocation) return errors
  // What is stored may be older than a rule: only a new allocation has to meet them.
  return [
    ...errors,
    ...(old?.allocation
      ? immutableField(allocation, old.allocation, 'status.allocation')
      : validateAllocation(allocation, requestNamesOf(spec.devices), 'status.allocation')),
  ]
}

function consumerKey({ apiGroup, resource, name, uid }: V1ResourceClaimConsumerReference): string {
  return JSON.stringify([apiGroup, resource, name, uid])
}

function validateConsumer({ resource, name, uid }: V1ResourceClaimConsumerReference, field: string): FieldError[] {
  return Object.entries({ resource, name, uid }).flatMap(([key, value]) => (value ? [] : [requiredField(`${field}.${key}`)]))
}

function validateAllocation({ devices, nodeSelector }: V1AllocationResult, names: ReadonlySet<string>, field: string): FieldError[] {
  return [
    ...validateList(devices?.results, {
      field: `${field}.devices.results`,
      max: maxDeviceRequests,
      item: (result, at) => validateResult(result, names, at),
    }),
    ...validateList(devices?.config, {
      field: `${field}.devices.config`,
      max: maxConfigurations,
      item: (config, at) => validateConfiguration(config, names, at),
    }),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${field}.nodeSelector`) : []),
  ]
}

function validateResult(result: V1DeviceRequestAllocationResult, names: ReadonlySet<string>, field: string): FieldError[] {
  return [
    ...validateRequestReference(result.request, names, `${field}.request`),
    ...validateDriverName(result.driver, `${field}.driver`),
    ...validatePoolName(result.pool, `${field}.pool`),
    ...validateLabelNamed(result.device, `${field}.device`),
    ...validateBindingConditions(result, field),
    ...validateShareId(result.shareID, `${field}.shareID`),
  ]
}

function validateConfiguration(config: V1DeviceAllocationConfiguration, names: ReadonlySet<string>, field: string): FieldError[] {
  return [
    ...validateSource(config.source, `${field}.source`),
    ...validateRequestReferences(config.requests, names, `${field}.requests`),
    ...validateDeviceConfiguration(config, field),
  ]
}

function validateSource(source: string | undefined, field: string): FieldError[] {
  if (!source) return [requiredField(field)]
  return sources.includes(source) ? [] : [notSupportedField(field, source, sources)]
}
