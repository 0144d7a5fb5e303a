import {
  invalidField,
  notSupportedField,
  parseQuantity,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1ObjectFieldSelector, V1ResourceFieldSelector } from '../generated/types.ts'

/** Every field of a pod that the downward API knows; an environment and a volume each offer a part of them. */
const knownFields = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const hugePages = /^(limits|requests)\.hugepages-/
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']
const cpuDivisors = ['1m', '1']

/** A field of the pod, one of `offered` or a label or annotation by its key. */
export function validateFieldRef({ apiVersion, fieldPath }: V1ObjectFieldSelector, offered: readonly string[], path: string): FieldError[] {
  if (!apiVersion) return [requiredField(`${path}.apiVersion`)]
  if (!fieldPath) return [requiredField(`${path}.fieldPath`)]
  const inconvertible = (why: string): FieldError[] => [invalidField(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${why}`)]
  if (apiVersion !== 'v1') return inconvertible(`unsupported pod version: ${apiVersion}`)
  const keyed = /^(.+)\['(.*)'\]$/s.exec(fieldPath)
  if (!keyed) {
    if (!knownFields.includes(fieldPath)) return inconvertible(`field label not supported: ${fieldPath}`)
    return offered.includes(fieldPath) ? [] : [notSupportedField(`${path}.fieldPath`, fieldPath, offered)]
  }
  const [, map = '', key = ''] = keyed
  if (map === 'metadata.labels') return qualifiedNameErrors(key).map((m) => invalidField(path, key, m))
  if (map === 'metadata.annotations') {
    const name = key.toLowerCase()
    return qualifiedNameErrors(name).map((m) => invalidField(path, name, m))
  }
  return inconvertible(`field label does not support subscript: ${fieldPath}`)
}

interface ResourceRefOptions {
  /** A volume belongs to no container, so it must say whose resources it means. */
  needsContainer: boolean
}

export function validateResourceFieldRef(
  { containerName, resource, divisor }: V1ResourceFieldSelector,
  path: string,
  { needsContainer }: ResourceRefOptions,
): FieldError[] {
  const errors: FieldError[] = []
  if (needsContainer && !containerName) errors.push(requiredField(`${path}.containerName`))
  else if (!resource) errors.push(requiredField(`${path}.resource`))
  else if (!resources.includes(resource) && !hugePages.test(resource))
    errors.push(notSupportedField(`${path}.resource`, resource, resources))
  return [...errors, ...validateDivisor(resource ?? '', divisor, `${path}.divisor`)]
}

function validateDivisor(resource: string, divisor: string | undefined, field: string): FieldError[] {
  const size = parseQuantity(divisor ?? '0')?.nano ?? 0n
  const name = nameOf(resource)
  if (size === 0n || !name) return []
  const isCpu = name === 'cpu'
  const allowed = isCpu ? cpuDivisors : byteDivisors
  if (allowed.some((text) => parseQuantity(text)?.nano === size)) return []
  const list = isCpu ? '1m and 1' : byteDivisors.join(', ')
  return [invalidField(field, resource, `only divisor's values ${list} are supported with the ${name} resource`)]
}

/** How messages call what is divided; undefined for what has no rule. */
function nameOf(resource: string): string | undefined {
  if (hugePages.test(resource)) return 'hugepages'
  if (!resources.includes(resource)) return undefined
  const name = resource.slice(resource.indexOf('.') + 1)
  return name === 'ephemeral-storage' ? 'local ephemeral storage' : name
}
