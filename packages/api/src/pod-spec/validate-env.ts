import {
  configMapKeyErrors,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  envVarNameErrors,
  invalidField,
  notFoundField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Container, V1EnvVar, V1FileKeySelector, V1Volume } from '../generated/types.ts'
import { validateFieldRef, validateResourceFieldRef } from './validate-field-ref.ts'
import { validateNoBacksteps } from './validate-path.ts'

const offeredFields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const sources = '`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'

export function validateEnv(env: readonly V1EnvVar[], volumes: readonly V1Volume[], path: string): FieldError[] {
  return env.flatMap((variable, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = variable.name
      ? envVarNameErrors(variable.name).map((m) => invalidField(`${at}.name`, variable.name, m))
      : [requiredField(`${at}.name`)]
    return [...errors, ...validateValueFrom(variable, volumes, `${at}.valueFrom`)]
  })
}

function validateValueFrom({ value, valueFrom }: V1EnvVar, volumes: readonly V1Volume[], path: string): FieldError[] {
  if (!valueFrom) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter((source) => source !== undefined).length
  const errors = [
    ...(fieldRef ? validateFieldRef(fieldRef, offeredFields, `${path}.fieldRef`) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, `${path}.resourceFieldRef`, { needsContainer: false }) : []),
    ...(configMapKeyRef ? validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`) : []),
    ...(secretKeyRef ? validateKeyRef(secretKeyRef, `${path}.secretKeyRef`) : []),
    ...(fileKeyRef ? validateFileKeyRef(fileKeyRef, volumes, `${path}.fileKeyRef`) : []),
  ]
  if (given === 0) errors.push(invalidField(path, '', `must specify one of: ${sources}`))
  else if (value) errors.push(invalidField(path, '', 'may not be specified when `value` is not empty'))
  else if (given > 1) errors.push(invalidField(path, '', 'may not have more than one field specified at a time'))
  return errors
}

function validateKeyRef({ name = '', key }: { name?: string | undefined; key: string }, path: string): FieldError[] {
  const errors: FieldError[] = dns1123SubdomainErrors(name).map((m) => invalidField(`${path}.name`, name, m))
  if (!key) return [...errors, requiredField(`${path}.key`)]
  return [...errors, ...configMapKeyErrors(key).map((m) => invalidField(`${path}.key`, key, m))]
}

/** A file of variables lies in an emptyDir volume of the pod, where another container wrote it. */
function validateFileKeyRef({ key, volumeName, path: file }: V1FileKeySelector, volumes: readonly V1Volume[], path: string): FieldError[] {
  const errors: FieldError[] = []
  if (!key) errors.push(requiredField(`${path}.key`))
  else errors.push(...envVarNameErrors(key).map((m) => invalidField(`${path}.key`, key, m)))
  if (!volumeName) errors.push(requiredField(`${path}.volumeName`))
  else errors.push(...dns1123LabelErrors(volumeName).map((m) => invalidField(`${path}.volumeName`, volumeName, m)))
  if (!file) errors.push(requiredField(`${path}.path`))
  else errors.push(...validateNoBacksteps(file, `${path}.path`))
  const volume = volumes.find((v) => v.name === volumeName)
  if (!volume) errors.push(notFoundField(`${path}.volumeName`, volumeName ?? ''))
  else if (!volume.emptyDir) errors.push(invalidField(`${path}.volumeName`, volumeName, 'referenced volume must be of type emptyDir'))
  return errors
}

export function validateEnvFrom({ envFrom = [] }: Pick<V1Container, 'envFrom'>, path: string): FieldError[] {
  return envFrom.flatMap(({ configMapRef, secretRef, prefix }, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = prefix ? envVarNameErrors(prefix).map((m) => invalidField(`${at}.prefix`, prefix, m)) : []
    for (const [field, reference] of [
      ['configMapRef', configMapRef],
      ['secretRef', secretRef],
    ] as const) {
      if (!reference) continue
      const { name } = reference
      if (!name) errors.push(requiredField(`${at}.${field}.name`))
      // The name counts as the beginning of one here, so it may end in a dash.
      else errors.push(...dns1123SubdomainErrors(name.replace(/(.)-$/, '$1a')).map((m) => invalidField(`${at}.${field}.name`, name, m)))
    }
    if (!configMapRef && !secretRef) errors.push(invalidField(path, '', 'must specify one of: `configMapRef` or `secretRef`'))
    if (configMapRef && secretRef) errors.push(invalidField(path, '', 'may not have more than one field specified at a time'))
    return errors
  })
}
