import type { StoredObject } from '@quarterdeck/storage'

const lifetimeMs = 5 * 60 * 1000
const maxSnapshots = 200

/** The snapshots that paged lists read on from: kept for five minutes, the oldest going first when there are many. */
export class ListSnapshots {
  readonly #snapshots = new Map<string, { items: readonly StoredObject[]; expiresAt: number }>()

  /** Undefined for one that was never kept, or no longer is. */
  get(key: string): readonly StoredObject[] | undefined {
    const snapshot = this.#snapshots.get(key)
    return snapshot && snapshot.expiresAt >= Date.now() ? snapshot.items : undefined
  }

  /** Lists are shared with the cache until it changes, so keeping one costs little. */
  keep(key: string, items: readonly StoredObject[]): void {
    if (this.get(key)) return
    const now = Date.now()
    for (const [old, { expiresAt }] of this.#snapshots)
      if (expiresAt < now || this.#snapshots.size >= maxSnapshots) this.#snapshots.delete(old)
    this.#snapshots.set(key, { items, expiresAt: now + lifetimeMs })
  }
}
