import { isIPv4 } from 'node:net'

/** Raised for a setting that is missing or wrong: told in one line, without a stack. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

/** The text of an environment variable; an empty one counts as absent. */
export function setting(name: string): string | undefined {
  return process.env[name] || undefined
}

/** Throws SettingError that says what the variable is for. */
export function requiredSetting(name: string, meaning: string): string {
  const value = setting(name)
  if (value === undefined) throw new SettingError(`${name} is not set: ${meaning}`)
  return value
}

/** Throws SettingError for text that is no whole number. */
export function numberSetting(name: string, fallback: number): number {
  const value = setting(name)
  if (value === undefined) return fallback
  if (!/^\d+$/.test(value)) throw new SettingError(`${name} must be a whole number, not ${JSON.stringify(value)}`)
  return Number(value)
}

/** An IPv4 network, as 10.96.0.0/16. Throws SettingError for any other text. */
export function networkSetting(name: string): string | undefined {
  const value = setting(name)
  if (value === undefined) return undefined
  const [address = '', length = '', ...rest] = value.split('/')
  const bits = /^\d{1,2}$/.test(length) ? Number(length) : NaN
  if (!isIPv4(address) || !(bits >= 8 && bits <= 30) || rest.length > 0 || hasHostBits(address, bits))
    throw new SettingError(`${name} must be an IPv4 network of 8 to 30 bits, like 10.96.0.0/16, not ${JSON.stringify(value)}`)
  return value
}

function hasHostBits(address: string, bits: number): boolean {
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return number % 2 ** (32 - bits) !== 0
}
