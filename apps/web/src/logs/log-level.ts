/** How much a line matters to who looks for what went wrong. */
export type LogLevel = 'error' | 'warning' | 'info' | 'debug'

/** Names of levels as loggers write them, and numbers as pino and bunyan do. */
const names: Readonly<Record<string, LogLevel>> = {
  emerg: 'error',
  emergency: 'error',
  alert: 'error',
  crit: 'error',
  critical: 'error',
  fatal: 'error',
  panic: 'error',
  error: 'error',
  err: 'error',
  severe: 'error',
  warning: 'warning',
  warn: 'warning',
  notice: 'info',
  info: 'info',
  information: 'info',
  log: 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
  60: 'error',
  50: 'error',
  40: 'warning',
  30: 'info',
  20: 'debug',
  10: 'debug',
}

/** `E0612 10:15:42.123456` (klog). */
const klog = /^([EWIF])\d{4} \d\d:\d\d/
const klogLevels: Readonly<Record<string, LogLevel>> = { E: 'error', F: 'error', W: 'warning', I: 'info' }
/** `"level":"error"`, `level=error`, `severity: ERROR`. */
const field = /["']?\b(?:level|lvl|severity|loglevel)["']?\s*[=:]\s*["']?(\w+)/i
/** A word by itself near the beginning, in capitals or in brackets, as most formats have it. */
const word =
  /(?:^|[\s[(|])(?:(EMERG|ALERT|CRIT|CRITICAL|FATAL|PANIC|ERROR|ERR|SEVERE|WARNING|WARN|NOTICE|INFO|DEBUG|TRACE)(?=[\s\])|:]|$)|[[<(](\w+)[\]>)]|(error|fatal|panic|warning|warn):)/
/** How far into a line a level is looked for. */
const headLength = 120
const fieldLength = 2_000

/** The level that a line names; undefined where it names none. */
export function levelOf(text: string): LogLevel | undefined {
  const byKlog = klog.exec(text)
  if (byKlog) return klogLevels[byKlog[1]!]
  const named = field.exec(text.slice(0, fieldLength))?.[1]
  const known = named === undefined ? undefined : names[named.toLowerCase()]
  if (known) return known
  const found = word.exec(text.slice(0, headLength))
  return names[(found?.[1] ?? found?.[2] ?? found?.[3] ?? '').toLowerCase()]
}

/** Whether a line goes on with the one before: a frame of a stack trace. */
export function isContinuation(text: string): boolean {
  return /^(?:\s+\S|Caused by:|goroutine \d|\.\.\. \d+ more)/.test(text)
}
