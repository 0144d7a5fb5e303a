import { isIPv6 } from 'node:net'

import { invalidField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { ServiceCIDR } from '../kinds/service-cidr.ts'
import { immutableField } from './immutable.ts'
import { validateCidr } from './ip-address.ts'

const field = 'spec.cidrs'

/** One network of each family at most. */
export function validateServiceCidr({ spec }: ServiceCIDR): FieldError[] {
  const cidrs = spec?.cidrs ?? []
  if (cidrs.length === 0) return [requiredField(field, 'at least one CIDR required')]
  if (cidrs.length > 2) return [invalidField(field, spec, 'may only hold up to 2 values')]
  const errors = cidrs.flatMap((cidr, i) => validateCidr(cidr, `${field}[${i}]`))
  if (errors.length > 0 || cidrs.length < 2) return errors
  const families = new Set(cidrs.map((cidr) => isIPv6(cidr.split('/')[0] ?? '')))
  return families.size === 2
    ? []
    : [invalidField(field, cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64')]
}

/** The networks stay; one of the other family can come. */
export function validateServiceCidrUpdate({ spec }: ServiceCIDR, { spec: old }: ServiceCIDR): FieldError[] {
  const cidrs = spec.cidrs ?? []
  const before = old.cidrs ?? []
  const grows = before.length === 1 && cidrs.length === 2
  if (cidrs.length !== before.length && !grows) return immutableField(cidrs, before, field)
  return before.flatMap((cidr, i) => immutableField(cidrs[i], cidr, `${field}[${i}]`))
}
