import { invalidField, qualifiedNameErrors, type FieldError } from '@quarterdeck/api-machinery'

import type { DeviceClass } from '../kinds/device-class.ts'
import { validateList } from './bounded-lists.ts'
import { validateDeviceConfiguration } from './device-configuration.ts'
import { validateDeviceSelectors } from './device-selector.ts'
import { isExtendedResource } from './resource-names.ts'

const maxConfigurations = 32

export function validateDeviceClass({ spec }: DeviceClass): FieldError[] {
  const { selectors, config, extendedResourceName: name } = spec ?? {}
  const errors = [
    ...validateDeviceSelectors(selectors, 'spec.selectors'),
    ...validateList(config, { field: 'spec.config', max: maxConfigurations, item: validateDeviceConfiguration }),
  ]
  if (name !== undefined && (!isExtendedResource(name) || qualifiedNameErrors(`requests.${name}`).length > 0))
    errors.push(invalidField('spec.extendedResourceName', name, 'must be a valid extended resource name'))
  return errors
}
