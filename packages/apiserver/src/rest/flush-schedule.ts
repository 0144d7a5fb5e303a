/** Least time between two rounds of writing to watchers. */
const intervalMs = 4

const waiting = new Set<() => void>()
let timer: NodeJS.Timeout | undefined
let lastRoundAt = 0

/**
 * Runs `flush` soon: at once when nothing was flushed lately, else together with all others that wait. With many
 * watchers and many changes a write per event and watcher would cost more than the events themselves.
 */
export function scheduleFlush(flush: () => void): void {
  waiting.add(flush)
  timer ??= setTimeout(runRound, Math.max(0, lastRoundAt + intervalMs - performance.now()))
}

function runRound(): void {
  timer = undefined
  lastRoundAt = performance.now()
  const round = [...waiting]
  waiting.clear()
  for (const flush of round) flush()
}
