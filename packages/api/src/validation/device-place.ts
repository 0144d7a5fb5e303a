import { dns1123SubdomainErrors, invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1NodeSelector } from '../generated/types.ts'

interface DevicePlace {
  nodeName?: string | undefined
  nodeSelector?: V1NodeSelector | undefined
  allNodes?: boolean | undefined
  perDeviceNodeSelection?: boolean | undefined
}

export interface PlaceWords {
  missing: string
  several: string
  emptyNodeName: string
}

/** From where devices can be reached: said in exactly one of the ways there are. */
export function validateDevicePlace(place: DevicePlace, path: string, words: PlaceWords): FieldError[] {
  const { nodeName, nodeSelector, allNodes, perDeviceNodeSelection } = place
  const errors: FieldError[] = []
  if (nodeName === '') errors.push(invalidField(`${path}.nodeName`, nodeName, words.emptyNodeName))
  if (nodeName) errors.push(...dns1123SubdomainErrors(nodeName).map((m) => invalidField(`${path}.nodeName`, nodeName, m)))
  for (const [key, value] of Object.entries({ allNodes, perDeviceNodeSelection }))
    if (value === false) errors.push(invalidField(`${path}.${key}`, value, 'must be either unset or set to true'))
  const ways = Object.entries({ nodeName, nodeSelector, allNodes, perDeviceNodeSelection }).filter(([, value]) => Boolean(value))
  if (ways.length === 0) errors.push(requiredField(path, words.missing))
  if (ways.length > 1) errors.push(invalidField(path, `{${ways.map(([name]) => `\`${name}\``).join(', ')}}`, words.several))
  return errors
}
