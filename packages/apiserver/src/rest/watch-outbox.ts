import type { ServerResponse } from 'node:http'

import type { ServedEvent } from '../verbs/watch.ts'

/** A client that has so much of what happened still to read is cut off here and resumes from its last event. */
const maxUnreadBytes = 16 * 1024 * 1024
/** The state that a watch begins with is made into lines only as fast as it is read. */
const stateChunkBytes = 256 * 1024

export interface WatchOutboxOptions {
  response: ServerResponse
  frame: (event: ServedEvent) => Uint8Array
  /** The client reads too slowly. */
  onOverflow: () => void
}

/** What a watch has still to write: first the state it began with, which may be of any size, then what happened since. */
export class WatchOutbox {
  readonly #options: WatchOutboxOptions
  #state: readonly ServedEvent[] = []
  #written = 0
  #frames: Uint8Array[] = []
  #frameBytes = 0
  #waitsForReader = false

  constructor(options: WatchOutboxOptions) {
    this.#options = options
  }

  get isEmpty(): boolean {
    return this.#state.length === 0 && this.#frames.length === 0
  }

  begin(state: readonly ServedEvent[]): void {
    this.#state = state
  }

  add(events: readonly ServedEvent[]): void {
    for (const event of events) {
      const frame = this.#options.frame(event)
      this.#frames.push(frame)
      this.#frameBytes += frame.length
    }
    if (this.#frameBytes > maxUnreadBytes) this.#options.onOverflow()
  }

  flush(): void {
    const { response, onOverflow } = this.#options
    if (this.#waitsForReader || !this.#writeState() || this.#frames.length === 0) return
    response.write(this.#frames.length === 1 ? this.#frames[0] : Buffer.concat(this.#frames))
    this.#frames = []
    this.#frameBytes = 0
    if (response.writableLength > maxUnreadBytes) onOverflow()
  }

  /** Whether all of the state is written; what is left of it is when the client has read. */
  #writeState(): boolean {
    const { response, frame } = this.#options
    while (this.#written < this.#state.length) {
      const chunk: Uint8Array[] = []
      for (let bytes = 0; bytes < stateChunkBytes && this.#written < this.#state.length; this.#written++) {
        const next = frame(this.#state[this.#written]!)
        chunk.push(next)
        bytes += next.length
      }
      if (response.write(Buffer.concat(chunk))) continue
      this.#waitsForReader = true
      response.once('drain', () => {
        this.#waitsForReader = false
        this.flush()
      })
      return false
    }
    this.#state = []
    this.#written = 0
    return true
  }
}
