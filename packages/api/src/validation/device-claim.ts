import { invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type {
  V1DeviceClaim,
  V1DeviceConstraint,
  V1DeviceRequest,
  V1DeviceSubRequest,
  V1ExactDeviceRequest,
  V1ResourceClaimSpec,
} from '../generated/types.ts'
import { validateList, validateSet } from './bounded-lists.ts'
import { validateDeviceConfiguration } from './device-configuration.ts'
import { validateDeviceClassName, validateFullAttributeName, validateLabelNamed } from './device-names.ts'
import { maxDeviceRequests, requestNamesOf, validateRequestReferences } from './device-request-names.ts'
import { validateDeviceSelectors } from './device-selector.ts'
import { validateDeviceToleration } from './device-taints.ts'

const maxConstraints = 32
const maxConfigurations = 32
const maxChoices = 8
const oneOfTwo = 'exactly one of `exactly` or `firstAvailable` is required'

/** What a claim asks for, of a claim or of a template of claims. */
export function validateResourceClaimSpec(spec: V1ResourceClaimSpec | undefined, path: string): FieldError[] {
  return validateDeviceClaim(spec?.devices ?? {}, `${path}.devices`)
}

function validateDeviceClaim(devices: V1DeviceClaim, path: string): FieldError[] {
  const names = requestNamesOf(devices)
  return [
    ...validateSet(devices.requests, {
      field: `${path}.requests`,
      max: maxDeviceRequests,
      item: validateRequest,
      keyOf: ({ name }) => name,
    }),
    ...validateList(devices.constraints, {
      field: `${path}.constraints`,
      max: maxConstraints,
      item: (constraint, field) => validateConstraint(constraint, names, field),
    }),
    ...validateList(devices.config, {
      field: `${path}.config`,
      max: maxConfigurations,
      item: (config, field) => [
        ...validateRequestReferences(config.requests, names, `${field}.requests`),
        ...validateDeviceConfiguration(config, field),
      ],
    }),
  ]
}

function validateRequest({ name, exactly, firstAvailable = [] }: V1DeviceRequest, field: string): FieldError[] {
  const errors = validateLabelNamed(name, `${field}.name`)
  if (exactly && firstAvailable.length > 0) errors.push(invalidField(field, null, `${oneOfTwo}, but multiple fields are set`))
  else if (exactly) errors.push(...validateExactRequest(exactly, `${field}.exactly`))
  else if (firstAvailable.length === 0) errors.push(requiredField(field, oneOfTwo))
  else
    errors.push(
      ...validateSet(firstAvailable, {
        field: `${field}.firstAvailable`,
        max: maxChoices,
        item: (choice, at) => [...validateLabelNamed(choice.name, `${at}.name`), ...validateExactRequest(choice, at)],
        keyOf: (choice) => choice.name,
      }),
    )
  return errors
}

function validateExactRequest(request: V1ExactDeviceRequest | V1DeviceSubRequest, field: string): FieldError[] {
  return [
    ...validateDeviceClassName(request.deviceClassName, `${field}.deviceClassName`),
    ...validateDeviceSelectors(request.selectors, `${field}.selectors`),
    ...validateAllocationMode(request, field),
    ...(request.tolerations ?? []).flatMap((toleration, i) => validateDeviceToleration(toleration, `${field}.tolerations[${i}]`)),
  ]
}

function validateAllocationMode({ allocationMode, count }: V1ExactDeviceRequest | V1DeviceSubRequest, field: string): FieldError[] {
  if (allocationMode === 'All')
    return count ? [invalidField(`${field}.count`, count, "must not be specified when allocationMode is 'All'")] : []
  if (allocationMode !== 'ExactCount') return [notSupportedField(`${field}.allocationMode`, allocationMode ?? '', ['All', 'ExactCount'])]
  return (count ?? 0) > 0 ? [] : [invalidField(`${field}.count`, count ?? 0, 'must be greater than zero')]
}

function validateConstraint(constraint: V1DeviceConstraint, names: ReadonlySet<string>, field: string): FieldError[] {
  const { requests, matchAttribute, distinctAttribute } = constraint
  const errors = validateRequestReferences(requests, names, `${field}.requests`)
  if (matchAttribute !== undefined) errors.push(...validateFullAttributeName(matchAttribute, `${field}.matchAttribute`))
  else if (distinctAttribute !== undefined) errors.push(...validateFullAttributeName(distinctAttribute, `${field}.distinctAttribute`))
  else errors.push(requiredField(field, 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'))
  return errors
}
