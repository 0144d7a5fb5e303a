import { SettingError } from './settings.ts'

/** Longest time a process may take to stop before it is ended. */
const stopTimeoutMs = 20_000

/**
 * Runs a process of the product: `start` gets a signal that aborts when the process is to stop, and resolves when it has.
 * It is to stop at SIGTERM, at SIGINT, and when the process that started it over an IPC channel is gone.
 */
export function runProcess(name: string, start: (signal: AbortSignal) => Promise<void>): void {
  const stopping = new AbortController()
  const stop = (): void => {
    if (stopping.signal.aborted) return
    stopping.abort()
    setTimeout(() => fail(name, new Error(`did not stop within ${stopTimeoutMs / 1000} s`)), stopTimeoutMs).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  process.once('disconnect', stop)
  start(stopping.signal).then(
    () => process.exit(0),
    (error: unknown) => fail(name, error),
  )
}

function fail(name: string, error: unknown): void {
  console.error(
    `${name}: ${error instanceof SettingError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  )
  process.exit(1)
}
