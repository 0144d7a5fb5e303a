import type { StoredObject, Write } from '../store.ts'
import { claimsOf } from '../write.ts'

/** Writes that are stored together or not at all, on their way to the database. */
export interface PendingGroup {
  writes: readonly Write[]
  /** Of each write, its value as text. */
  values: readonly string[]
  length: number
  /** When it was asked for, in ms of performance.now(). */
  since: number
  resolve: (stored: StoredObject[]) => void
  reject: (error: Error) => void
}

const maxBatchWrites = 512
const maxBatchLength = 4 * 1024 * 1024

/** What waits for the next batch, in order of arrival. */
export class WriteQueue {
  #groups: PendingGroup[] = []

  get isEmpty(): boolean {
    return this.#groups.length === 0
  }

  get length(): number {
    return this.#groups.length
  }

  push(group: PendingGroup): void {
    this.#groups.push(group)
  }

  /** To the front, in their order: their batch was not committed. */
  putBack(groups: readonly PendingGroup[]): void {
    this.#groups = [...groups, ...this.#groups]
  }

  /**
   * The next batch: bounded in groups, writes and length (but always at least one group), its keys and uids distinct. A group
   * that shares a key with one before it waits, and so do those after it for its keys, so that writes of one key keep
   * their order.
   */
  take(maxGroups: number): PendingGroup[] {
    const batch: PendingGroup[] = []
    const waiting: PendingGroup[] = []
    const claimed = new Set<string>()
    let writes = 0
    let length = 0
    let index = 0
    for (; index < this.#groups.length && batch.length < maxGroups; index++) {
      const group = this.#groups[index] as PendingGroup
      const isFull = batch.length > 0 && (writes + group.writes.length > maxBatchWrites || length + group.length > maxBatchLength)
      if (isFull) break
      const claims = group.writes.flatMap(claimsOf)
      const isFree = claims.every((claim) => !claimed.has(claim))
      for (const claim of claims) claimed.add(claim)
      if (!isFree) {
        waiting.push(group)
        continue
      }
      batch.push(group)
      writes += group.writes.length
      length += group.length
    }
    this.#groups = [...waiting, ...this.#groups.slice(index)]
    return batch
  }

  /** Takes out the groups that were asked for before `since`. */
  takeOlder(since: number): PendingGroup[] {
    const older = this.#groups.filter((group) => group.since < since)
    this.#groups = this.#groups.filter((group) => group.since >= since)
    return older
  }

  takeAll(): PendingGroup[] {
    return this.#groups.splice(0)
  }
}
