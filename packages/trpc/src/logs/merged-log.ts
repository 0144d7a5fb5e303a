import type { LogBatch, LogLine } from './log-line.ts'

const maxWaitingLines = 5_000

/**
 * Lines of several containers on their way to one reader. Bounded: a writer waits while the reader is behind, which
 * holds the stream of its node back. Lines that wait together go out in order of time.
 */
export class MergedLog {
  #lines: LogLine[] = []
  #notices: LogBatch['notices'] = []
  #room: (() => void)[] = []
  readonly #onChange: () => void

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** Resolves when there is room for more. */
  async add(lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return
    this.#lines.push(...lines)
    this.#onChange()
    if (this.#lines.length >= maxWaitingLines) await new Promise<void>((resolve) => this.#room.push(resolve))
  }

  notice(pod: string, container: string, text: string): void {
    this.#notices.push({ pod, container, text })
    this.#onChange()
  }

  /** Everything that waits; writers go on. */
  take(): LogBatch {
    const batch = { lines: this.#lines.toSorted((a, b) => (a.time === b.time ? 0 : a.time < b.time ? -1 : 1)), notices: this.#notices }
    this.#lines = []
    this.#notices = []
    this.releaseWriters()
    return batch
  }

  releaseWriters(): void {
    const waiting = this.#room
    this.#room = []
    for (const go of waiting) go()
  }
}
