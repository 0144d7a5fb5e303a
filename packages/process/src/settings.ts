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
