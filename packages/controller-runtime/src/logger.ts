export type LogFields = Record<string, unknown>

/** Structured log lines. Fields are written as JSON; an Error is written as its message. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
}

export type LogLevel = keyof Logger

const rankOf: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 }

const plain = (_key: string, value: unknown): unknown => (value instanceof Error ? value.message : value)

/** One JSON object a line, on standard error. */
export function createLogger(component: string, level: LogLevel = 'info'): Logger {
  const write =
    (at: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      if (rankOf[at] < rankOf[level]) return
      process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), level: at, component, message, ...fields }, plain)}\n`)
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

const nothing = (): void => {}

/** Says nothing. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
