import type { KubeObject } from '@quarterdeck/api-machinery'

import type { Clock } from './clock.ts'

/** What an informer tells about its progress. */
export interface Progress {
  readonly revision: number
  get(key: string): KubeObject | undefined
}

interface Removal {
  resource: string
  objectKey: string
  uid: string | undefined
}

interface Pending {
  /** Highest revision written, by resource. */
  revisions: Map<string, number>
  removals: Removal[]
  sinceMs: number
}

/** A write is never waited for longer than this: should its event not come, the controller goes on from what it sees. */
const forgetAfterMs = 300_000

/**
 * Tells whether the caches hold everything that was written on behalf of a key. Revisions of the store are ordered and a watch
 * delivers in their order, so a cache at the revision of a write has seen it.
 */
export class OwnWrites {
  readonly #pending = new Map<string, Pending>()
  readonly #progressOf: (resource: string) => Progress | undefined
  readonly #clock: Clock

  constructor(progressOf: (resource: string) => Progress | undefined, clock: Clock) {
    this.#progressOf = progressOf
    this.#clock = clock
  }

  wrote(key: string, resource: string, object: KubeObject): void {
    if (!this.#progressOf(resource)) return
    const revisions = this.#of(key).revisions
    revisions.set(resource, Math.max(revisions.get(resource) ?? 0, Number(object.metadata.resourceVersion)))
  }

  /** An object was deleted at once: it is to leave the cache. */
  removed(key: string, removal: Removal): void {
    if (this.#progressOf(removal.resource)) this.#of(key).removals.push(removal)
  }

  allSeen(key: string): boolean {
    const pending = this.#pending.get(key)
    if (!pending) return true
    const seen =
      [...pending.revisions].every(([resource, revision]) => (this.#progressOf(resource)?.revision ?? Infinity) >= revision) &&
      pending.removals.every((removal) => this.#isGone(removal))
    if (!seen && this.#clock.now() - pending.sinceMs < forgetAfterMs) return false
    this.#pending.delete(key)
    return true
  }

  forget(key: string): void {
    this.#pending.delete(key)
  }

  #isGone({ resource, objectKey, uid }: Removal): boolean {
    const cached = this.#progressOf(resource)?.get(objectKey)
    return !cached || (uid !== undefined && cached.metadata.uid !== uid) || cached.metadata.deletionTimestamp !== undefined
  }

  #of(key: string): Pending {
    let pending = this.#pending.get(key)
    if (!pending) this.#pending.set(key, (pending = { revisions: new Map(), removals: [], sinceMs: this.#clock.now() }))
    return pending
  }
}
