import type { LogLine } from './log-line.ts'

export interface LogSourceOptions {
  /** Told when lines came, or when others need not wait for it any more. */
  onChange: () => void
  /** From this many lines on, who adds them waits. */
  maxHeld: number
  /** Until when others wait for its history. */
  historyUntilMs: number
  now: () => number
}

/** The lines of one container that wait to be merged, in order of time. */
export class LogSource {
  readonly #options: LogSourceOptions
  readonly #arrivals: { count: number; atMs: number }[] = []
  #lines: LogLine[] = []
  #first = 0
  #historyUntilMs: number
  #hasEnded = false
  #room: (() => void) | undefined
  #isReleased = false

  constructor(options: LogSourceOptions) {
    this.#options = options
    this.#historyUntilMs = options.historyUntilMs
  }

  get head(): LogLine | undefined {
    return this.#lines[this.#first]
  }

  /** When the head came, or one that came about when it did. */
  get headSinceMs(): number {
    return this.#arrivals[0]?.atMs ?? 0
  }

  get historyUntilMs(): number {
    return this.#historyUntilMs
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  get isFull(): boolean {
    return this.#heldCount >= this.#options.maxHeld
  }

  /** Whether nothing will come of it any more. */
  get isDrained(): boolean {
    return this.#hasEnded && this.#heldCount === 0
  }

  get #heldCount(): number {
    return this.#lines.length - this.#first
  }

  /** Resolves when there is room for more. */
  async add(lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return
    for (const line of lines) this.#insert(line)
    this.#arrivals.push({ count: lines.length, atMs: this.#options.now() })
    this.#options.onChange()
    if (!this.isFull || this.#isReleased) return
    await new Promise<void>((resolve) => (this.#room = resolve))
  }

  /** All that the container has told before has been added. */
  live(): void {
    this.#historyUntilMs = 0
    this.#options.onChange()
  }

  /** Nothing more comes. */
  end(): void {
    this.#hasEnded = true
    this.#options.onChange()
  }

  /** Takes the head, which there has to be. */
  shift(): LogLine {
    const line = this.#lines[this.#first++]!
    const arrival = this.#arrivals[0]!
    if (--arrival.count === 0) this.#arrivals.shift()
    if (this.#first < this.#options.maxHeld && this.#heldCount > 0) return line
    this.#lines = this.#lines.slice(this.#first)
    this.#first = 0
    return line
  }

  makeRoom(): void {
    if (!this.isFull) this.#go()
  }

  release(): void {
    this.#isReleased = true
    this.#go()
  }

  /** Nearly always at the end. */
  #insert(line: LogLine): void {
    let at = this.#lines.length
    while (at > this.#first && this.#lines[at - 1]!.time > line.time) at--
    if (at === this.#lines.length) this.#lines.push(line)
    else this.#lines.splice(at, 0, line)
  }

  #go(): void {
    const go = this.#room
    this.#room = undefined
    go?.()
  }
}
