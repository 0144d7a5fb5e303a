import type { PersistentVolume, PersistentVolumeClaim } from '@quarterdeck/api'
import { LruMap } from '@quarterdeck/controller-runtime'

const maxRemembered = 10_000

/**
 * Which free volumes claims are being bound to just now, so that claims that come together don't all try the same one. Only to
 * save conflicts: that no volume gets two claims is the store's doing.
 */
export class Reservations {
  readonly #taken = new LruMap<string, { resourceVersion: string; claimUid: string }>(maxRemembered)

  /** Whether another claim is after the volume as it is in the cache. */
  isTaken({ metadata }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
    const taken = this.#taken.get(metadata.name)
    if (!taken) return false
    if (taken.resourceVersion !== metadata.resourceVersion) {
      this.#taken.delete(metadata.name)
      return false
    }
    return taken.claimUid !== claim.metadata.uid
  }

  take({ metadata }: PersistentVolume, claim: PersistentVolumeClaim): void {
    this.#taken.set(metadata.name, { resourceVersion: metadata.resourceVersion, claimUid: claim.metadata.uid })
  }

  release(volume: PersistentVolume): void {
    this.#taken.delete(volume.metadata.name)
  }
}
