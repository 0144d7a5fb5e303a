import {
  duplicateField,
  forbiddenField,
  invalidField,
  labelValueErrors,
  notSupportedField,
  parseQuantity,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1Taint } from '../generated/types.ts'
import type { Node } from '../kinds/node.ts'
import { validateCidr } from './ip-address.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateNode({ spec, status }: Node): FieldError[] {
  return [
    ...validateTaints(spec?.taints),
    ...validateAmounts(status?.capacity, 'capacity'),
    ...validateAmounts(status?.allocatable, 'allocatable'),
  ]
}

/** The pod network is looked at as the node comes; later it cannot change. */
export function validateNodeCreate({ spec }: Node): FieldError[] {
  const { podCIDRs = [] } = spec ?? {}
  const families = new Set(podCIDRs.map((cidr) => cidr.includes(':')))
  return [
    ...podCIDRs.flatMap((cidr, i) => validateCidr(cidr, `spec.podCIDRs[${i}]`)),
    ...(podCIDRs.length > families.size
      ? [invalidField('spec.podCIDRs', podCIDRs, 'may specify no more than one CIDR for each IP family')]
      : []),
  ]
}

function validateAmounts(amounts: Record<string, string> | undefined, list: string): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, amount]) => {
    const { nano } = parseQuantity(amount) ?? { nano: 0n }
    const field = `status.${list}.${name}`
    if (nano < 0n) return [invalidField(field, amount, 'must be greater than or equal to 0')]
    return isWhole(name) && nano % 1_000_000_000n !== 0n ? [invalidField(field, amount, 'must be an integer')] : []
  })
}

/** Whether a resource is counted in whole pieces: all but the plain ones that are measured. */
function isWhole(name: string): boolean {
  return name === 'pods' || (name.includes('/') && !name.includes('kubernetes.io/'))
}

/** Also of a status: Kubernetes names these fields below metadata. */
function validateTaints(taints: readonly V1Taint[] | undefined): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, taint] of (taints ?? []).entries()) {
    const field = `metadata.taints[${i}]`
    const { key = '', value = '' } = taint
    errors.push(...qualifiedNameErrors(key).map((m) => invalidField(`${field}.key`, key, m)))
    const wrong = labelValueErrors(value)
    if (wrong.length > 0) errors.push(invalidField(`${field}.value`, value, wrong.join(';')))
    if (!taint.effect) errors.push(requiredField(`${field}.effect`))
    else if (!effects.includes(taint.effect)) errors.push(notSupportedField(`${field}.effect`, taint.effect, effects))
    const identity = `${taint.key}:${taint.effect}`
    if (seen.has(identity)) {
      const duplicate = duplicateField(field, taint)
      errors.push({ ...duplicate, message: `${duplicate.message}: taints must be unique by key and effect pair` })
    }
    seen.add(identity)
  }
  return errors
}

/** A node keeps the pod network and the provider id it was given. */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const errors: FieldError[] = []
  const cidrs = old.spec?.podCIDRs ?? []
  if (cidrs.length > 0 && cidrs.join() !== (node.spec?.podCIDRs ?? []).join())
    errors.push(forbiddenField('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'))
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID)
    errors.push(forbiddenField('spec.providerID', 'node updates may not change providerID except from "" to valid'))
  const seen = new Set<string>()
  for (const [i, address] of (node.status?.addresses ?? []).entries()) {
    const key = `${address.type}/${address.address}`
    if (seen.has(key)) errors.push(duplicateField(`status.addresses[${i}]`, address))
    seen.add(key)
  }
  return errors
}
