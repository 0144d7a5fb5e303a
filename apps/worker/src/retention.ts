import { realClock, sleep, type Logger } from '@quarterdeck/controller-runtime'
import type { ObjectStore } from '@quarterdeck/storage'

const everyMs = 300_000
const dayMs = 86_400_000

/** Forgets history that is older than it is to be kept, now and then, until the signal aborts. */
export async function keepRetention(
  store: ObjectStore,
  { historyDays, log, signal }: { historyDays: number; log: Logger; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await sleep(realClock, everyMs, signal)
    if (signal.aborted) return
    try {
      await store.compact(new Date(Date.now() - historyDays * dayMs))
    } catch (error) {
      log.warn('old history was not removed and will be at the next attempt', { error })
    }
  }
}
