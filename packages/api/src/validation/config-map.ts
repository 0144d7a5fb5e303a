import { isDeepStrictEqual } from 'node:util'

import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { ConfigMap } from '../kinds/config-map.ts'
import { frozenField, validateKeys, validateTotalBytes } from './data-keys.ts'

export function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const inBoth = Object.keys(data).filter((key) => Object.hasOwn(binaryData, key))
  let bytes = 0
  for (const value of Object.values(data)) bytes += Buffer.byteLength(value)
  for (const value of Object.values(binaryData)) bytes += Buffer.byteLength(value, 'base64')
  return [
    ...validateKeys(data, 'data'),
    ...validateKeys(binaryData, 'binaryData'),
    ...inBoth.map((key) => invalidField(`data[${key}]`, key, 'duplicate of key present in binaryData')),
    ...validateTotalBytes(bytes, ''),
  ]
}

export function validateConfigMapUpdate(configMap: ConfigMap, old: ConfigMap): FieldError[] {
  if (!old.immutable) return []
  const errors: FieldError[] = configMap.immutable ? [] : [frozenField('immutable')]
  for (const field of ['data', 'binaryData'] as const) if (!isDeepStrictEqual(configMap[field], old[field])) errors.push(frozenField(field))
  return errors
}
