import type { ChangeEvent, HistoryEntry, HistoryQuery, Write } from './store.ts'
import { transientAgeMs } from './retention.ts'
import { compactedError } from './write-failure.ts'
import type { LogPage } from './watch-cache.ts'

interface LogEntry {
  event: ChangeEvent
  write: Write
  time: number
}

const pageEvents = 500

/** The log of the memory store: what the `change` table is to the Postgres store. */
export class MemoryLog {
  /** The oldest revision a watch can resume from. */
  compacted = 0
  /** As `compacted`, of resources that lost entries because they keep no history. */
  readonly #compactedOf = new Map<string, number>()
  #entries: LogEntry[] = []

  append(entry: LogEntry): void {
    this.#entries.push(entry)
  }

  page({ resource, after, upTo }: { resource: string; after: number; upTo: number }): LogPage {
    const oldest = Math.max(this.compacted, this.#compactedOf.get(resource) ?? 0)
    if (after < oldest) throw compactedError(after, oldest)
    const events = this.#entries
      .map((entry) => entry.event)
      .filter((event) => event.revision > after && event.revision <= upTo && event.current.key.resource === resource)
      .slice(0, pageEvents)
    return { events, upTo: events.length === pageEvents ? (events.at(-1) as ChangeEvent).revision : upTo }
  }

  history({ resource, namespace, name, uid, type: wanted, before, limit }: HistoryQuery): HistoryEntry[] {
    const found: HistoryEntry[] = []
    for (let index = this.#entries.length - 1; index >= 0 && found.length < limit; index--) {
      const { event, write, time } = this.#entries[index] as LogEntry
      const { key } = event.current
      if (key.resource !== resource || (namespace !== undefined && key.namespace !== namespace)) continue
      if ((name !== undefined && key.name !== name) || (uid !== undefined && event.current.uid !== uid)) continue
      if (wanted !== undefined && event.type !== wanted) continue
      if (before !== undefined && event.revision >= before) continue
      const { type, revision, current } = event
      const { author } = write
      found.push({ type, revision, uid: current.uid, key, author, time: new Date(time).toISOString(), object: current.object })
    }
    return found
  }

  compact(cutoff: number, now: number): void {
    const kept: LogEntry[] = []
    for (const entry of this.#entries) {
      const { revision, current } = entry.event
      if (entry.time < cutoff) this.compacted = revision
      else if (!entry.write.keepsHistory && entry.time < now - transientAgeMs) this.#compactedOf.set(current.key.resource, revision)
      else kept.push(entry)
    }
    this.#entries = kept
  }
}
