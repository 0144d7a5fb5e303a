/** tRPC gives no signal to callers inside the process; theirs never aborts. */
export function anySignal(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal
}
