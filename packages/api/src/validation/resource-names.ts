import { invalidField, parseQuantity, qualifiedNameErrors, type FieldError } from '@quarterdeck/api-machinery'

const compute = ['cpu', 'memory', 'ephemeral-storage']
const counted = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
]
const quotaNames = new Set([
  ...compute,
  ...compute.flatMap((name) => [`requests.${name}`, `limits.${name}`]),
  'requests.storage',
  ...counted,
])
const counts: ReadonlySet<string> = new Set(counted)
const native = 'kubernetes.io/'

const isHugePages = (name: string): boolean => name.startsWith('hugepages-')

/** Whether a quota may limit it under this name, prefixed names and counts of kinds apart. */
export const isQuotaName = (name: string): boolean => quotaNames.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-')

/** Outside of Kubernetes' own domain: what device plugins and operators count. */
export const isExtendedResource = (name: string): boolean => name.includes('/') && !name.includes(native) && !name.startsWith('requests.')

/** A name in a LimitRange of claims, or of anything but pods and containers. */
export function resourceNameErrors(name: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(name).map((m) => invalidField(field, name, m))
  if (errors.length > 0 || name.includes('/')) return errors
  const isKnown = quotaNames.has(name) || name === 'storage' || isHugePages(name) || name.startsWith('requests.hugepages-')
  return isKnown ? [] : [invalidField(field, name, 'must be a standard resource type or fully qualified')]
}

/** A name that a container may ask for. */
export function containerResourceNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field)
  if (!name.includes('/')) {
    if (!compute.includes(name) && !isHugePages(name)) errors.push(invalidField(field, name, 'must be a standard resource for containers'))
  } else if (!name.includes(native) && !isExtendedResource(name))
    errors.push(invalidField(field, name, "doesn't follow extended resource name standard"))
  return errors
}

export function quotaResourceNameErrors(name: string, field: string): FieldError[] {
  const errors = resourceNameErrors(name, field)
  if (!name.includes('/') && !isQuotaName(name)) errors.push(invalidField(field, name, 'must be a standard resource for quota'))
  return errors
}

/** Not below zero, and whole where things are counted. */
export function resourceAmountErrors(name: string, amount: string, field: string): FieldError[] {
  const nano = parseQuantity(amount)?.nano ?? 0n
  const errors = nano < 0n ? [invalidField(field, amount, 'must be greater than or equal to 0')] : []
  const isWhole = counts.has(name) || isExtendedResource(name)
  if (isWhole && nano % 1_000_000_000n !== 0n) errors.push(invalidField(field, amount, 'must be an integer'))
  return errors
}
