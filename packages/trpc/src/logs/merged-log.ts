import type { LogBatch, LogLine } from './log-line.ts'
import { LogSource } from './log-source.ts'

/** Lines on their way to a reader that is behind. */
const maxReady = 5_000
/** Lines of one container that wait for those of others. */
const maxHeld = 1_000

export interface MergeTimes {
  /** A live line waits at most this long for what others have to say of an earlier time. */
  holdMs: number
  /** What is there at the beginning waits this long for a container whose log does not come. */
  historyMs: number
}

export const usualTimes: MergeTimes = { holdMs: 500, historyMs: 4_000 }

/**
 * Lines of several containers on their way to one reader, merged by time. A line goes out once every other source has told
 * a later one, has ended, or has kept it waiting for a bounded time. Bounded: a writer waits while the reader, or another
 * source of the history, is behind, which holds the stream of its node back.
 */
export class MergedLog {
  readonly #sources = new Set<LogSource>()
  readonly #onChange: () => void
  readonly #times: MergeTimes
  readonly #now: () => number
  #ready: LogLine[] = []
  #notices: LogBatch['notices'] = []
  #timer: NodeJS.Timeout | undefined
  #isReleased = false

  constructor(onChange: () => void, times: MergeTimes = usualTimes, now: () => number = () => performance.now()) {
    this.#onChange = onChange
    this.#times = times
    this.#now = now
  }

  /** A container that is about to tell lines. `hasHistory`: others wait for what it has told before, until it is `live`. */
  open({ hasHistory }: { hasHistory: boolean }): LogSource {
    const source = new LogSource({
      onChange: () => this.#merge(),
      maxHeld,
      historyUntilMs: hasHistory ? this.#now() + this.#times.historyMs : 0,
      now: this.#now,
    })
    if (this.#isReleased) source.release()
    this.#sources.add(source)
    return source
  }

  notice(pod: string, container: string, text: string): void {
    this.#notices.push({ pod, container, text })
    this.#onChange()
  }

  /** Everything that is ready to be shown; writers go on. */
  take(): Pick<LogBatch, 'lines' | 'notices'> {
    this.#merge()
    const batch = { lines: this.#ready, notices: this.#notices }
    this.#ready = []
    this.#notices = []
    this.#merge()
    return batch
  }

  /** Nobody reads any more. */
  releaseWriters(): void {
    this.#isReleased = true
    clearTimeout(this.#timer)
    for (const source of this.#sources) source.release()
  }

  #merge(): void {
    const before = this.#ready.length
    clearTimeout(this.#timer)
    while (this.#ready.length < maxReady) {
      const next = this.#earliest()
      if (!next) break
      const waitMs = this.#waitFor(next)
      if (waitMs > 0 && !this.#isReleased) {
        this.#timer = setTimeout(() => this.#merge(), waitMs).unref()
        break
      }
      this.#ready.push(next.shift())
    }
    for (const source of this.#sources) {
      source.makeRoom()
      if (source.isDrained) this.#sources.delete(source)
    }
    if (this.#ready.length > before) this.#onChange()
  }

  #earliest(): LogSource | undefined {
    let earliest: LogSource | undefined
    for (const source of this.#sources) if (source.head && (!earliest || source.head.time < earliest.head!.time)) earliest = source
    return earliest
  }

  /** How long the head of a source has to wait for sources that are silent. */
  #waitFor(next: LogSource): number {
    const now = this.#now()
    let until = 0
    for (const other of this.#sources) {
      if (other === next || other.head || other.hasEnded) continue
      // A live source that is full has said so much that waiting would hold it back.
      const held = next.isFull ? 0 : next.headSinceMs + this.#times.holdMs
      until = Math.max(until, held, other.historyUntilMs)
    }
    return until - now
  }
}
