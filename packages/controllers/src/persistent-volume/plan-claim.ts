import {
  bestFitOf,
  hasSameMode,
  isCandidate,
  isLargeEnough,
  isVolumeOfClaim,
  mismatchOf,
  namesStorageClass,
  storageClassNameOf,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@quarterdeck/api'

import type { PlannedEvent } from './planned-event.ts'

/** What decides over a claim. */
export interface ClaimView {
  claim: PersistentVolumeClaim
  /** The class that the claim names; undefined if it names none or there is none of that name. */
  storageClass: StorageClass | undefined
  defaultClass: StorageClass | undefined
  /** The volume that the claim names, if there is one. */
  volume: PersistentVolume | undefined
  /** Volumes whose claimRef names the claim. */
  reserved: readonly PersistentVolume[]
  /** Volumes of the claim's class that no one has. */
  free: readonly PersistentVolume[]
  /** Names of pods that use the claim and have no node. */
  waitingPods: readonly string[]
}

export type ClaimPlan =
  | { do: 'bind'; volume: PersistentVolume }
  | { do: 'assignClass'; className: string }
  | { do: 'provision'; storageClass: StorageClass }
  /** Stays Pending until something changes. */
  | { do: 'wait'; event: PlannedEvent | undefined }
  | { do: 'lose'; event: PlannedEvent }

const wait = (event?: PlannedEvent): ClaimPlan => ({ do: 'wait', event })

/** What is to become of a claim. No I/O. */
export function planClaim(view: ClaimView): ClaimPlan {
  const { claim } = view
  if (claim.metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined) return planBoundClaim(view)
  if (claim.spec.volumeName) return planNamedVolume(view)
  // Pods that would use it can't start any more.
  return claim.metadata.deletionTimestamp ? wait() : planOpenClaim(view)
}

function planBoundClaim({ claim, volume }: ClaimView): ClaimPlan {
  const lose = (reason: string, message: string): ClaimPlan => ({ do: 'lose', event: { type: 'Warning', reason, message } })
  if (!claim.spec.volumeName) return lose('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  if (!volume) return lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  const { claimRef } = volume.spec
  if (!claimRef || claimRef.uid === claim.metadata.uid) return { do: 'bind', volume }
  return lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

/** The claim asks for one volume and no other. */
function planNamedVolume({ claim, volume }: ClaimView): ClaimPlan {
  if (!volume) return wait()
  const { name } = volume.metadata
  if (volume.spec.claimRef) {
    if (isVolumeOfClaim(volume, claim)) return { do: 'bind', volume }
    return wait({ type: 'Warning', reason: 'FailedBinding', message: `volume "${name}" already bound to a different claim.` })
  }
  const mismatch = mismatchOf(volume, claim)
  if (!mismatch) return { do: 'bind', volume }
  return wait({ type: 'Warning', reason: 'VolumeMismatch', message: `Cannot bind to requested volume "${name}": ${mismatch}` })
}

/** The claim takes any volume that fits. */
function planOpenClaim(view: ClaimView): ClaimPlan {
  const { claim, storageClass, defaultClass } = view
  const isDelayed = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  // Where the volume must be, the scheduler knows: it reserves the volume or selects a node.
  const volume = reservedVolumeOf(view) ?? (isDelayed ? undefined : bestFitOf(view.free.filter((free) => isCandidate(free, claim))))
  if (volume) return { do: 'bind', volume }
  if (!namesStorageClass(claim) && defaultClass) return { do: 'assignClass', className: defaultClass.metadata.name }
  if (isDelayed && !claim.metadata.annotations?.[volumeAnnotations.selectedNode]) return wait(waitForConsumer(view.waitingPods))
  const className = storageClassNameOf(claim)
  if (storageClass) return { do: 'provision', storageClass }
  if (className)
    return wait({ type: 'Warning', reason: 'ProvisioningFailed', message: `storageclass.storage.k8s.io "${className}" not found` })
  const message = 'no persistent volumes available for this claim and no storage class is set'
  return wait({ type: 'Normal', reason: 'FailedBinding', message })
}

function reservedVolumeOf({ claim, reserved }: ClaimView): PersistentVolume | undefined {
  return reserved.find(
    (volume) =>
      isVolumeOfClaim(volume, claim) &&
      !volume.metadata.deletionTimestamp &&
      isLargeEnough(volume, claim) &&
      hasSameMode(volume, claim) &&
      (volume.spec.volumeAttributesClassName ?? '') === (claim.spec.volumeAttributesClassName ?? ''),
  )
}

function waitForConsumer(podNames: readonly string[]): PlannedEvent {
  if (podNames.length === 0)
    return { type: 'Normal', reason: 'WaitForFirstConsumer', message: 'waiting for first consumer to be created before binding' }
  const which = podNames.length === 1 ? `pod ${podNames[0]}` : `pods ${podNames.join(',')}`
  return { type: 'Normal', reason: 'WaitForPodScheduled', message: `waiting for ${which} to be scheduled` }
}
