import { setTimeout as delay } from 'node:timers/promises'

/** Polls until `attempt` no longer throws, and resolves with what it gives. Rejects with its last error. */
export async function eventually<T>(attempt: () => Promise<T>, timeoutMs = 90_000): Promise<T> {
  const end = Date.now() + timeoutMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > end) throw error
      await delay(250)
    }
  }
}
