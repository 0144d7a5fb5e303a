import type { ClusterEvent } from '../framework/cluster-event.ts'

const most = 10_000

/** What happened while Pods were being tried: a Pod that comes back must not have missed the event that would have helped it. */
export class InFlightEvents {
  readonly #since = new Map<string, number>()
  #events: ClusterEvent[] = []
  /** Number of the first event kept. */
  #first = 0

  begin(uid: string): void {
    this.#since.set(uid, this.#first + this.#events.length)
  }

  record(event: ClusterEvent): void {
    if (this.#since.size === 0) return
    this.#events.push(event)
    if (this.#events.length > most) {
      this.#events = this.#events.slice(most / 2)
      this.#first += most / 2
    }
  }

  /** The events since `begin`; undefined if they were too many to be kept. */
  end(uid: string): readonly ClusterEvent[] | undefined {
    const since = this.#since.get(uid)
    if (since === undefined) return []
    this.#since.delete(uid)
    const missed = since < this.#first ? undefined : this.#events.slice(since - this.#first)
    if (this.#since.size === 0) this.#events = []
    return missed
  }
}
