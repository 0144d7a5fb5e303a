import { invalidField, tooLongField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1Device, V1DeviceAttribute } from '../generated/types.ts'
import { validateNodeSelector } from '../pod-spec/validate-node-selector.ts'
import { validateList, validateMap, validateSet } from './bounded-lists.ts'
import { validateBindingConditions } from './device-binding-conditions.ts'
import { validateDeviceCapacity } from './device-capacity.ts'
import { validateCounters } from './device-counters.ts'
import { validateAttributeName, validateLabelNamed } from './device-names.ts'
import { validateDevicePlace, type PlaceWords } from './device-place.ts'
import { validateDeviceTaint } from './device-taints.ts'

const maxAttributesAndCapacities = 32
const maxAttributeValueBytes = 64
const maxTaints = 16
const maxCounterSets = 2

const oneOfThree =
  'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
const words: PlaceWords = { missing: oneOfThree, several: oneOfThree, emptyNodeName: 'must not be empty' }

const identifier = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const number = '(0|[1-9]\\d*)'
const semanticVersion = new RegExp(
  `^${number}\\.${number}\\.${number}(-${identifier}(\\.${identifier})*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$`,
)

/** A device of a slice. `hasOwnPlace`: it must say itself from where it can be reached, otherwise it must not. */
export function validateDevice(device: V1Device, { field, hasOwnPlace }: { field: string; hasOwnPlace: boolean }): FieldError[] {
  const errors = validateLabelNamed(device.name, `${field}.name`)
  const total = Object.keys(device.attributes ?? {}).length + Object.keys(device.capacity ?? {}).length
  if (total > maxAttributesAndCapacities)
    errors.push(invalidField(field, total, `the total number of attributes and capacities must not exceed ${maxAttributesAndCapacities}`))
  return [
    ...errors,
    ...validateMap(device.attributes, `${field}.attributes`, { key: validateAttributeName, item: validateAttribute }),
    ...validateMap(device.capacity, `${field}.capacity`, {
      key: validateAttributeName,
      item: (capacity, at) => validateDeviceCapacity(capacity, { field: at, isShared: device.allowMultipleAllocations === true }),
    }),
    ...validateList(device.taints, { field: `${field}.taints`, max: maxTaints, item: validateDeviceTaint }),
    ...validateSet(device.consumesCounters, {
      field: `${field}.consumesCounters`,
      max: maxCounterSets,
      item: ({ counterSet: set, counters }, at) => validateCounters({ set, counters }, { field: at, setField: `${at}.counterSet` }),
      keyOf: ({ counterSet }) => counterSet,
    }),
    ...validatePlace(device, { field, hasOwnPlace }),
    ...validateBindingConditions(device, field),
  ]
}

function validatePlace(device: V1Device, { field, hasOwnPlace }: { field: string; hasOwnPlace: boolean }): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = device
  if (hasOwnPlace)
    return [
      ...(nodeSelector ? validateNodeSelector(nodeSelector, `${field}.nodeSelector`) : []),
      ...validateDevicePlace({ nodeName, nodeSelector, allNodes }, field, words),
    ]
  if (nodeName === undefined && nodeSelector === undefined && allNodes === undefined) return []
  const only = 'can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  return [invalidField(field, null, `\`nodeName\`, \`nodeSelector\` and \`allNodes\` ${only}`)]
}

function validateAttribute(attribute: V1DeviceAttribute, field: string): FieldError[] {
  const { string: text, version } = attribute
  const errors: FieldError[] = []
  if (text !== undefined) errors.push(...validateLength(text, `${field}.string`))
  if (version !== undefined && !semanticVersion.test(version))
    errors.push(invalidField(`${field}.version`, version, 'must be a string compatible with semver.org spec 2.0.0'))
  if (version !== undefined) errors.push(...validateLength(version, `${field}.version`))
  const values = Object.values({ ...attribute }).filter((value) => value !== undefined)
  if (values.length !== 1) errors.push(invalidField(field, values.length === 0 ? '' : attribute, 'exactly one value must be specified'))
  return errors
}

const validateLength = (value: string, field: string): FieldError[] =>
  Buffer.byteLength(value) > maxAttributeValueBytes ? [tooLongField(field, maxAttributeValueBytes)] : []
