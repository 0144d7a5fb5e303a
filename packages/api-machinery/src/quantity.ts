/**
 * Resource quantities (`500m`, `1.5Gi`, `2e3`) as Kubernetes' resource.Quantity reads and writes them.
 * https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/** An exact quantity. */
export interface Quantity {
  /** The value in units of 10^-9. */
  nano: bigint
  format: QuantityFormat
}

const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/
const nanoPerUnit = 1_000_000_000n
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const decimalSuffixes: Record<number, string> = {
  [-9]: 'n',
  [-6]: 'u',
  [-3]: 'm',
  0: '',
  3: 'k',
  6: 'M',
  9: 'G',
  12: 'T',
  15: 'P',
  18: 'E',
}
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const maxDecimalExponent = 18
/** Arithmetic on more digits takes seconds. */
const maxTextLength = 256

/** What Kubernetes says of text that is no quantity. */
export const quantityErrorMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Undefined for text that is no quantity. Fractions finer than nano are rounded away from zero. */
export function parseQuantity(text: string | number): Quantity | undefined {
  if (typeof text === 'string' && text.length > maxTextLength) return undefined
  const match = pattern.exec(String(text))
  if (!match) return undefined
  const [, sign, whole = '', fraction = '', suffix = ''] = match
  if (!whole && !fraction) return undefined
  const digits = BigInt(whole + fraction)
  const binary = binarySuffixes.indexOf(suffix)
  const exponent = binary >= 0 ? 0 : exponentOf(suffix)
  if (Math.abs(exponent) > 1000) return undefined
  const multiplier = binary >= 0 ? 1024n ** BigInt(binary + 1) : 1n
  const shift = 9 + exponent - fraction.length
  const magnitude = shift >= 0 ? digits * multiplier * 10n ** BigInt(shift) : divideUp(digits * multiplier, 10n ** BigInt(-shift))
  const format = binary >= 0 ? 'BinarySI' : /^[eE][+-]?\d/.test(suffix) ? 'DecimalExponent' : 'DecimalSI'
  return { nano: sign === '-' ? -magnitude : magnitude, format }
}

function exponentOf(suffix: string): number {
  if (suffix === '') return 0
  return decimalExponents[suffix] ?? Number(suffix.slice(1))
}

function divideUp(value: bigint, divisor: bigint): bigint {
  return (value + divisor - 1n) / divisor
}

/** The canonical text: no fraction, the largest suffix that allows it. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.nano === 0n) return '0'
  const sign = quantity.nano < 0n ? '-' : ''
  const magnitude = quantity.nano < 0n ? -quantity.nano : quantity.nano
  if (quantity.format === 'BinarySI' && magnitude >= 1024n * nanoPerUnit && magnitude % nanoPerUnit === 0n) {
    return sign + formatBinary(magnitude / nanoPerUnit)
  }
  return sign + formatDecimal(magnitude, quantity.format === 'DecimalExponent')
}

function formatBinary(value: bigint): string {
  let power = 0
  while (power < binarySuffixes.length && value % 1024n === 0n) {
    value /= 1024n
    power++
  }
  return `${value}${power > 0 ? binarySuffixes[power - 1] : ''}`
}

function formatDecimal(nano: bigint, asExponent: boolean): string {
  let exponent = -9
  while (exponent < maxDecimalExponent && nano % 1000n === 0n) {
    nano /= 1000n
    exponent += 3
  }
  if (asExponent) return exponent === 0 ? `${nano}` : `${nano}e${exponent}`
  return `${nano}${decimalSuffixes[exponent]}`
}

/** The canonical text of a valid quantity; other text unchanged. */
export function canonicalQuantity(text: string | number): string {
  const quantity = parseQuantity(text)
  return quantity ? formatQuantity(quantity) : String(text)
}

/** Base units, with a fraction where there is one; 0 for text that is no quantity. */
export function quantityToNumber(text: string | number | undefined): number {
  const quantity = text === undefined ? undefined : parseQuantity(text)
  return quantity ? Number(quantity.nano) / 1e9 : 0
}

/** Whole base units, rounded up (Quantity.Value). */
export function valueOf(text: string | number | undefined): number {
  return scaled(text, nanoPerUnit)
}

/** Whole thousandths, rounded up (Quantity.MilliValue): how CPU is counted. */
export function milliValueOf(text: string | number | undefined): number {
  return scaled(text, 1_000_000n)
}

function scaled(text: string | number | undefined, unit: bigint): number {
  const quantity = text === undefined ? undefined : parseQuantity(text)
  if (!quantity) return 0
  return Number(quantity.nano >= 0n ? divideUp(quantity.nano, unit) : quantity.nano / unit)
}

/** Negative, zero or positive as `a` is below, equal to or above `b`. */
export function compareQuantities(a: string | number, b: string | number): number {
  const difference = (parseQuantity(a)?.nano ?? 0n) - (parseQuantity(b)?.nano ?? 0n)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, in the format of the first, or of the second where the first is zero. */
export function addQuantities(a: string | number, b: string | number): string {
  return combined(a, b, 1n)
}

/** The difference, in the format that addQuantities has. */
export function subtractQuantities(a: string | number, b: string | number): string {
  return combined(a, b, -1n)
}

function combined(a: string | number, b: string | number, sign: 1n | -1n): string {
  const zero = { nano: 0n, format: 'DecimalSI' as const }
  const [left, right] = [parseQuantity(a) ?? zero, parseQuantity(b) ?? zero]
  return formatQuantity({ nano: left.nano + sign * right.nano, format: left.nano === 0n ? right.format : left.format })
}
