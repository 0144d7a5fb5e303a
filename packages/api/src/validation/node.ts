import {
  duplicateField,
  forbiddenField,
  invalidField,
  labelValueErrors,
  notSupportedField,
  qualifiedNameErrors,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { Node } from '../kinds/node.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateNode({ spec }: Node): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [i, taint] of (spec?.taints ?? []).entries()) {
    const field = `spec.taints[${i}]`
    if (!taint.key) errors.push(requiredField(`${field}.key`))
    else errors.push(...qualifiedNameErrors(taint.key).map((m) => invalidField(`${field}.key`, taint.key, m)))
    if (taint.value) errors.push(...labelValueErrors(taint.value).map((m) => invalidField(`${field}.value`, taint.value, m)))
    if (!taint.effect) errors.push(requiredField(`${field}.effect`))
    else if (!effects.includes(taint.effect)) errors.push(notSupportedField(`${field}.effect`, taint.effect, effects))
    const identity = `${taint.key}:${taint.effect}`
    if (seen.has(identity)) errors.push(duplicateField(field, taint))
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
  return errors
}
