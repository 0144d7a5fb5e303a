/** Rules for names, label keys and values, ports and the like. Each returns the messages of what is wrong; none when valid. */

const dns1123LabelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const dns1123SubdomainPattern = `${dns1123LabelPattern}(\\.${dns1123LabelPattern})*`
const dns1035LabelPattern = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedNamePattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValuePattern = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?'
const envVarNamePattern = '[-._a-zA-Z][-._a-zA-Z0-9]*'
const configMapKeyPattern = '[-._a-zA-Z0-9]+'
const percentPattern = '[0-9]+%'

const whole = new Map<string, RegExp>()

/** Far above every limit on length: what is longer is not looked at, for a pattern within a pattern needs stack for each match. */
const longestChecked = 4096

function matches(pattern: string, text: string): boolean {
  if (text.length > longestChecked) return false
  let regex = whole.get(pattern)
  if (!regex) whole.set(pattern, (regex = new RegExp(`^${pattern}$`)))
  return regex.test(text)
}

function regexMessage(what: string, pattern: string, ...examples: string[]): string {
  const quoted = examples.map((e) => `'${e}'`).join(',  or ')
  return `${what} (${examples.length > 0 ? `e.g. ${quoted}, ` : ''}regex used for validation is '${pattern}')`
}

const tooLong = (max: number): string => `must be no more than ${max} bytes`

export function dns1123LabelErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 63) errors.push(tooLong(63))
  if (!matches(dns1123LabelPattern, text)) {
    if (matches(dns1123SubdomainPattern, text)) return [...errors, 'must not contain dots']
    errors.push(
      regexMessage(
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
        dns1123LabelPattern,
        'my-name',
        '123-abc',
      ),
    )
  }
  return errors
}

export function dns1123SubdomainErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 253) errors.push(tooLong(253))
  if (!matches(dns1123SubdomainPattern, text)) {
    errors.push(
      regexMessage(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        dns1123SubdomainPattern,
        'example.com',
      ),
    )
  }
  return errors
}

export function dns1035LabelErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 63) errors.push(tooLong(63))
  if (!matches(dns1035LabelPattern, text)) {
    errors.push(
      regexMessage(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        dns1035LabelPattern,
        'my-name',
        'abc-123',
      ),
    )
  }
  return errors
}

/** Names that become one segment of a path. */
export function pathSegmentErrors(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  return ['/', '%'].filter((c) => text.includes(c)).map((c) => `may not contain '${c}'`)
}

/** `prefix/name` or `name`: label keys, annotation keys, taint keys, condition types. */
export function qualifiedNameErrors(text: string): string[] {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  const errors: string[] = []
  if (parts.length > 2) {
    return [
      `a qualified name ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedNamePattern, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  if (parts.length === 2) {
    const prefix = parts[0] ?? ''
    if (prefix.length === 0) errors.push('prefix part must be non-empty')
    else errors.push(...dns1123SubdomainErrors(prefix).map((e) => `prefix part ${e}`))
  }
  if (name.length === 0) errors.push('name part must be non-empty')
  else if (name.length > 63) errors.push(`name part ${tooLong(63)}`)
  if (!matches(qualifiedNamePattern, name)) {
    errors.push(
      `name part ${regexMessage("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedNamePattern, 'MyName', 'my.name', '123-abc')}`,
    )
  }
  return errors
}

export function labelValueErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 63) errors.push(tooLong(63))
  if (!matches(labelValuePattern, text)) {
    errors.push(
      regexMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        labelValuePattern,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return errors
}

export function envVarNameErrors(text: string): string[] {
  if (!/^[ -<>-~]+$/.test(text)) {
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
  }
  return []
}

/** Names of environment variables as relaxed validation is off: the older, narrower rule used for envFrom prefixes. */
export function strictEnvVarNameErrors(text: string): string[] {
  if (matches(envVarNamePattern, text)) return []
  return [
    regexMessage(
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
      envVarNamePattern,
      'my.env-name',
      'MY_ENV.NAME',
      'MyEnvName1',
    ),
  ]
}

/** Keys of ConfigMaps and Secrets. */
export function configMapKeyErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 253) errors.push(tooLong(253))
  if (!matches(configMapKeyPattern, text)) {
    errors.push(
      regexMessage(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configMapKeyPattern,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  } else if (text === '.' || text === '..') errors.push(`must not be '${text}'`)
  else if (text.startsWith('..')) errors.push("must not start with '..'")
  return errors
}

export function portNumberErrors(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

/** IANA service names: container port names and named targets. */
export function portNameErrors(text: string): string[] {
  const errors: string[] = []
  if (text.length > 15) errors.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]+$/.test(text)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(text)) errors.push('must contain at least one letter (a-z)')
  if (text.includes('--')) errors.push('must not contain consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export function isPercentage(text: string): boolean {
  return matches(percentPattern, text)
}

export function percentageErrors(text: string): string[] {
  return isPercentage(text)
    ? []
    : [regexMessage("a valid percent string must be a numeric string followed by an ending '%'", percentPattern, '1%', '93%')]
}
