import { volumeAnnotations, type PersistentVolume, type PersistentVolumeClaim } from '@quarterdeck/api'

/**
 * What was decided about volumes and is not stored yet, or not seen yet: a volume that one Pod gets must not be promised to the next.
 * Decisions are held for the Pod that they were made for, until it is bound or gives them back.
 */
export class AssumedVolumes {
  readonly #claimByVolume = new Map<string, { claimUid: string; podUid: string }>()
  readonly #nodeByClaim = new Map<string, { nodeName: string; podUid: string }>()

  assumeVolume(volume: PersistentVolume, claim: PersistentVolumeClaim, podUid: string): void {
    this.#claimByVolume.set(volume.metadata.name, { claimUid: claim.metadata.uid, podUid })
  }

  assumeNode(claim: PersistentVolumeClaim, nodeName: string, podUid: string): void {
    this.#nodeByClaim.set(claim.metadata.uid, { nodeName, podUid })
  }

  /** Whether the volume was promised to another claim. */
  isTaken(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
    const assumed = this.#claimByVolume.get(volume.metadata.name)
    return assumed !== undefined && assumed.claimUid !== claim.metadata.uid
  }

  /** The node for which the claim's volume is being made, or is to be. */
  selectedNodeOf(claim: PersistentVolumeClaim): string | undefined {
    return claim.metadata.annotations?.[volumeAnnotations.selectedNode] || this.#nodeByClaim.get(claim.metadata.uid)?.nodeName
  }

  /** The volume that was promised to the claim. */
  volumeOf(claim: PersistentVolumeClaim): string | undefined {
    for (const [name, { claimUid }] of this.#claimByVolume) if (claimUid === claim.metadata.uid) return name
    return undefined
  }

  release(podUid: string): void {
    for (const map of [this.#claimByVolume, this.#nodeByClaim]) {
      for (const [key, assumed] of map as Map<string, { podUid: string }>) if (assumed.podUid === podUid) map.delete(key)
    }
  }
}
