import { matchesLabelSelector, parseQuantity } from '@quarterdeck/api-machinery'

import type { PersistentVolumeClaim } from '../kinds/persistent-volume-claim.ts'
import type { PersistentVolume } from '../kinds/persistent-volume.ts'
import { storageClassNameOf } from './storage-class-name.ts'

/** Whether a volume's claimRef names this claim: by its name alone if the volume was reserved before the claim was known. */
export function isVolumeOfClaim({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef?.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false
  return !claimRef.uid || claimRef.uid === metadata.uid
}

/** Why a volume that a claim asks for by name cannot be its own; undefined if it can. Worded as Kubernetes' events are. */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  if (volume.metadata.deletionTimestamp) return `the volume is marked for deletion "${volume.metadata.name}"`
  if (!isLargeEnough(volume, claim)) return 'requested PV is too small'
  if (storageClassNameOf(volume) !== storageClassNameOf(claim)) return 'storageClassName does not match'
  if ((claim.spec.volumeAttributesClassName ?? '') !== (volume.spec.volumeAttributesClassName ?? ''))
    return 'volumeAttributesClassName does not match'
  if (!hasSameMode(volume, claim)) return 'incompatible volumeMode'
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode'
}

/** Whether a volume that no one has could be given to the claim. Where it can be reached from is for the caller to look at. */
export function isCandidate(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    volume.spec.claimRef === undefined &&
    volume.status.phase === 'Available' &&
    mismatchOf(volume, claim) === undefined &&
    (claim.spec.selector === undefined || matchesLabelSelector(claim.spec.selector, volume.metadata.labels))
  )
}

/** The tightest fit: the fewest access modes, then the smallest; of equal ones the first by name. */
export function bestFitOf(candidates: readonly PersistentVolume[]): PersistentVolume | undefined {
  let best: PersistentVolume | undefined
  for (const volume of candidates) if (!best || compareFit(volume, best) < 0) best = volume
  return best
}

function compareFit(a: PersistentVolume, b: PersistentVolume): number {
  return (
    (a.spec.accessModes?.length ?? 0) - (b.spec.accessModes?.length ?? 0) ||
    Number(capacityOf(a) - capacityOf(b)) ||
    (a.metadata.name < b.metadata.name ? -1 : 1)
  )
}

/** Sizes in billionths of a byte, read once: many claims are compared with many volumes. */
const sizes = new WeakMap<PersistentVolume | PersistentVolumeClaim, bigint>()

function sizeOf(object: PersistentVolume | PersistentVolumeClaim, amount: string | undefined): bigint {
  let nano = sizes.get(object)
  if (nano === undefined) sizes.set(object, (nano = parseQuantity(amount ?? '0')?.nano ?? 0n))
  return nano
}

const capacityOf = (volume: PersistentVolume): bigint => sizeOf(volume, volume.spec.capacity?.['storage'])

export function isLargeEnough(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return capacityOf(volume) >= sizeOf(claim, claim.spec.resources?.requests?.['storage'])
}

export function hasSameMode(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (volume.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem')
}

function hasAccessModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec.accessModes ?? []).every((mode) => volume.spec.accessModes?.includes(mode))
}
