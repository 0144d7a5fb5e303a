import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1CounterSet, V1ResourcePool, V1ResourceSliceSpec } from '../generated/types.ts'
import type { ResourceSlice } from '../kinds/resource-slice.ts'
import { validateNodeSelector } from '../pod-spec/validate-node-selector.ts'
import { validateSet } from './bounded-lists.ts'
import { validateDevice } from './device.ts'
import { validateCounters } from './device-counters.ts'
import { validatePoolName } from './device-names.ts'
import { validateDevicePlace, type PlaceWords } from './device-place.ts'
import { validateDriverName } from './driver-name.ts'
import { immutableField } from './immutable.ts'

const maxDevices = 128
/** Of slices whose devices have taints or share counters. */
const maxElaborateDevices = 64
const maxCounterSets = 8

const oneOfFour = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required'
const words: PlaceWords = {
  missing: oneOfFour,
  several: `${oneOfFour}, but multiple fields are set`,
  emptyNodeName: 'must be either unset or set to a non-empty string',
}

export function validateResourceSlice({ spec }: ResourceSlice): FieldError[] {
  const { pool, nodeSelector, devices, sharedCounters } = spec
  const errors = [
    ...validateDriverName(spec.driver, 'spec.driver'),
    ...validatePool(pool, 'spec.pool'),
    ...validateDevicePlace(spec, 'spec', words),
  ]
  if (nodeSelector) errors.push(...validateNodeSelector(nodeSelector, 'spec.nodeSelector'))
  // Selectors of several slices can be merged into one only if each has one term.
  if (nodeSelector && nodeSelector.nodeSelectorTerms?.length !== 1)
    errors.push(
      invalidField('spec.nodeSelector.nodeSelectorTerms', nodeSelector.nodeSelectorTerms, 'must have exactly one node selector term'),
    )
  if (sharedCounters && devices) errors.push(invalidField('spec', '', 'only one of `sharedCounters` or `devices` is allowed'))
  return [
    ...errors,
    ...validateSet(devices, {
      field: 'spec.devices',
      max: maxDevicesOf(spec),
      item: (device, field) => validateDevice(device, { field, hasOwnPlace: spec.perDeviceNodeSelection === true }),
      keyOf: ({ name }) => name,
    }),
    ...validateSet(sharedCounters, {
      field: 'spec.sharedCounters',
      max: maxCounterSets,
      item: ({ name, counters }: V1CounterSet, field) => validateCounters({ set: name, counters }, { field, setField: `${field}.name` }),
      keyOf: ({ name }) => name,
    }),
  ]
}

const maxDevicesOf = ({ devices = [] }: V1ResourceSliceSpec): number =>
  devices.some(({ taints, consumesCounters }) => taints?.length || consumesCounters?.length) ? maxElaborateDevices : maxDevices

function validatePool({ name, resourceSliceCount = 0, generation = 0 }: V1ResourcePool, field: string): FieldError[] {
  return [
    ...validatePoolName(name, `${field}.name`),
    ...(resourceSliceCount > 0 ? [] : [invalidField(`${field}.resourceSliceCount`, resourceSliceCount, 'must be greater than zero')]),
    ...(generation >= 0 ? [] : [invalidField(`${field}.generation`, generation, 'must be greater than or equal to zero')]),
  ]
}

export function validateResourceSliceUpdate({ spec }: ResourceSlice, { spec: old }: ResourceSlice): FieldError[] {
  return [
    ...immutableField(spec.pool.name, old.pool.name, 'spec.pool.name'),
    ...immutableField(spec.driver, old.driver, 'spec.driver'),
    ...immutableField(spec.nodeName, old.nodeName, 'spec.nodeName'),
  ]
}
