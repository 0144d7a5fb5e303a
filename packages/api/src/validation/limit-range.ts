import {
  compareQuantities,
  duplicateField,
  forbiddenField,
  invalidField,
  parseQuantity,
  qualifiedNameErrors,
  quantityToNumber,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { V1LimitRangeItem } from '../generated/types.ts'
import type { LimitRange } from '../kinds/limit-range.ts'
import { containerResourceNameErrors, resourceNameErrors } from './resource-names.ts'

const types = ['Pod', 'Container', 'PersistentVolumeClaim']
const overcommittable = new Set(['cpu', 'memory', 'ephemeral-storage'])

export function validateLimitRange({ spec }: LimitRange): FieldError[] {
  const seen = new Set<string>()
  return (spec?.limits ?? []).flatMap((limit, i) => {
    const field = `spec.limits[${i}]`
    const errors = validateType(limit.type ?? '', `${field}.type`)
    if (seen.has(limit.type)) errors.push(duplicateField(`${field}.type`, limit.type))
    seen.add(limit.type)
    return [...errors, ...validateItem(limit, field)]
  })
}

function validateType(type: string, field: string): FieldError[] {
  const errors = qualifiedNameErrors(type).map((m) => invalidField(field, type, m))
  if (errors.length > 0 || type.includes('/') || types.includes(type)) return errors
  return [invalidField(field, type, 'must be a standard limit type or fully qualified')]
}

function validateItem(limit: V1LimitRangeItem, field: string): FieldError[] {
  const nameErrors = limit.type === 'Pod' || limit.type === 'Container' ? containerResourceNameErrors : resourceNameErrors
  const isPod = limit.type === 'Pod'
  const lists = ['max', 'min', ...(isPod ? [] : (['default', 'defaultRequest'] as const)), 'maxLimitRequestRatio'] as const
  const errors: FieldError[] = lists.flatMap((list) =>
    Object.keys(limit[list] ?? {}).flatMap((name) => nameErrors(name, `${field}.${list}[${name}]`)),
  )
  if (isPod)
    for (const list of ['default', 'defaultRequest'] as const)
      if (Object.keys(limit[list] ?? {}).length > 0)
        errors.push(forbiddenField(`${field}.${list}`, "may not be specified when `type` is 'Pod'"))
  if (limit.type === 'PersistentVolumeClaim' && !limit.min?.['storage'] && !limit.max?.['storage'])
    errors.push(requiredField(`${field}.limits`, 'either minimum or maximum storage value is required, but neither was provided'))
  const names = new Set(lists.flatMap((list) => Object.keys(limit[list] ?? {})))
  return [...errors, ...[...names].flatMap((name) => validateAmounts(limit, name, field))]
}

interface Amounts {
  min: string | undefined
  max: string | undefined
  default: string | undefined
  defaultRequest: string | undefined
}

/** Of one resource: what is least must not be above what is default, nor that above what is most. */
function validateAmounts(limit: V1LimitRangeItem, name: string, field: string): FieldError[] {
  const isPod = limit.type === 'Pod'
  const amounts: Amounts = {
    min: limit.min?.[name],
    max: limit.max?.[name],
    default: isPod ? undefined : limit.default?.[name],
    defaultRequest: isPod ? undefined : limit.defaultRequest?.[name],
  }
  const errors = orders.flatMap(({ low, high, at, words }) => {
    const [lower, higher] = [amounts[low], amounts[high]]
    if (lower === undefined || higher === undefined || compareQuantities(lower, higher) <= 0) return []
    const shown = amounts[at === 'default' ? (low === 'min' ? 'min' : 'max') : at]
    return [invalidField(`${field}.${at}[${name}]`, shown, `${words[0]} ${lower} is greater than ${words[1]} ${higher}`)]
  })
  const { default: fallback, defaultRequest } = amounts
  if (!overcommittable.has(name) && fallback && defaultRequest && compareQuantities(fallback, defaultRequest) !== 0)
    errors.push(
      invalidField(
        `${field}.defaultRequest[${name}]`,
        defaultRequest,
        `default value ${fallback} must equal to defaultRequest value ${defaultRequest} in ${name}`,
      ),
    )
  return [...errors, ...validateRatio(limit, name, field)]
}

interface Order {
  low: keyof Amounts
  high: keyof Amounts
  /** The list that the error is told of. */
  at: keyof Amounts
  words: [low: string, high: string]
}

const orders: readonly Order[] = [
  { low: 'min', high: 'max', at: 'min', words: ['min value', 'max value'] },
  { low: 'min', high: 'defaultRequest', at: 'defaultRequest', words: ['min value', 'default request value'] },
  { low: 'defaultRequest', high: 'max', at: 'defaultRequest', words: ['default request value', 'max value'] },
  { low: 'defaultRequest', high: 'default', at: 'defaultRequest', words: ['default request value', 'default limit value'] },
  { low: 'min', high: 'default', at: 'default', words: ['min value', 'default value'] },
  { low: 'default', high: 'max', at: 'default', words: ['default value', 'max value'] },
]

function validateRatio({ maxLimitRequestRatio, min, max }: V1LimitRangeItem, name: string, field: string): FieldError[] {
  const ratio = maxLimitRequestRatio?.[name]
  if (ratio === undefined) return []
  const at = `${field}.maxLimitRequestRatio[${name}]`
  const errors = (parseQuantity(ratio)?.nano ?? 0n) < 1_000_000_000n ? [invalidField(at, ratio, `ratio ${ratio} is less than 1`)] : []
  const [least, most] = [min?.[name], max?.[name]]
  if (least === undefined || most === undefined) return errors
  const highest = quantityToNumber(most) / quantityToNumber(least)
  if (quantityToNumber(ratio) > highest)
    errors.push(invalidField(at, ratio, `ratio ${ratio} is greater than max/min = ${highest.toFixed(6)}`))
  return errors
}
