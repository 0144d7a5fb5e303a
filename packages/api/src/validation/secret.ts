import { isDeepStrictEqual } from 'node:util'

import { invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { Secret } from '../kinds/secret.ts'
import { frozenField, validateKeys, validateTotalBytes } from './data-keys.ts'
import { immutableField } from './immutable.ts'

/** Keys that a secret of a well-known type must have. */
const requiredKeys: Record<string, readonly string[]> = {
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
}

const jsonKeys = new Set(['.dockerconfigjson', '.dockercfg'])

export function validateSecret({ metadata, type = '', data = {} }: Secret): FieldError[] {
  const bytes = Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value, 'base64'), 0)
  const errors = [...validateKeys(data, 'data'), ...validateTotalBytes(bytes, 'data')]
  for (const key of requiredKeys[type] ?? []) {
    const value = data[key]
    const isMissing = key === 'ssh-privatekey' ? !value : value === undefined
    if (isMissing) errors.push(requiredField(`data[${key}]`))
    else if (jsonKeys.has(key) && !isJsonObject(value ?? ''))
      errors.push(invalidField(`data[${key}]`, '<secret contents redacted>', 'must be a JSON object'))
  }
  if (type === 'kubernetes.io/basic-auth' && data['username'] === undefined && data['password'] === undefined)
    errors.push(requiredField('data[username]'), requiredField('data[password]'))
  if (type === 'kubernetes.io/service-account-token' && !metadata.annotations?.['kubernetes.io/service-account.name']) {
    errors.push(requiredField('metadata.annotations[kubernetes.io/service-account.name]'))
  }
  return errors
}

function isJsonObject(base64: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString())
    return typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

export function validateSecretUpdate(secret: Secret, old: Secret): FieldError[] {
  const errors = immutableField(secret.type, old.type, 'type')
  if (!old.immutable) return errors
  if (!secret.immutable) errors.push(frozenField('immutable'))
  if (!isDeepStrictEqual(secret.data, old.data)) errors.push(frozenField('data'))
  return errors
}
