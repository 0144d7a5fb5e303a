import { hasSameMode, isLocalPathVolume, volumeAnnotations, type PersistentVolume, type PersistentVolumeClaim } from '@quarterdeck/api'

import type { PlannedEvent } from './planned-event.ts'

/** What follows once a volume's claim is gone. */
export type Reclaim = { do: 'keep' } | { do: 'delete' } | { do: 'fail'; event: PlannedEvent }

export type VolumePlan =
  | { do: 'setPhase'; phase: 'Available' | 'Bound' }
  /** The claim's own reconcile finishes what is begun. */
  | { do: 'leave' }
  /** They name each other, but can't be one. */
  | { do: 'warn'; onVolume: PlannedEvent; onClaim: PlannedEvent }
  /** Back to those that can be had, or that are kept for the claim a user named. */
  | { do: 'unbind' }
  | { do: 'release'; reclaim: Reclaim }

/** What is to become of a volume. `claim`: the one of the claimRef's name, if there is one; of another uid, it is another one. No I/O. */
export function planVolume(volume: PersistentVolume, claim: PersistentVolumeClaim | undefined): VolumePlan {
  const { claimRef, persistentVolumeReclaimPolicy } = volume.spec
  if (!claimRef?.uid) return { do: 'setPhase', phase: 'Available' }
  if (claim?.metadata.uid !== claimRef.uid) return { do: 'release', reclaim: reclaimOf(volume) }
  if (claim.spec.volumeName === volume.metadata.name) return { do: 'setPhase', phase: 'Bound' }
  if (!claim.spec.volumeName) return hasSameMode(volume, claim) ? { do: 'leave' } : modeMismatch(volume, claim)
  // The claim took another volume.
  const isProvisioned = volume.metadata.annotations?.[volumeAnnotations.provisionedBy] !== undefined
  if (isProvisioned && persistentVolumeReclaimPolicy === 'Delete') return { do: 'release', reclaim: reclaimOf(volume) }
  return { do: 'unbind' }
}

function modeMismatch(volume: PersistentVolume, claim: PersistentVolumeClaim): VolumePlan {
  const event = (message: string): PlannedEvent => ({ type: 'Warning', reason: 'VolumeMismatch', message })
  return {
    do: 'warn',
    onVolume: event(
      `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${claim.metadata.name}" due to incompatible volumeMode.`,
    ),
    onClaim: event(
      `Cannot bind PersistentVolume "${volume.metadata.name}" to requested PersistentVolumeClaim due to incompatible volumeMode.`,
    ),
  }
}

function reclaimOf(volume: PersistentVolume): Reclaim {
  const fail = (reason: string, message: string): Reclaim => ({ do: 'fail', event: { type: 'Warning', reason, message } })
  const policy = volume.spec.persistentVolumeReclaimPolicy
  if (policy === 'Recycle') return fail('VolumeFailedRecycle', 'No recycler plugin found for the volume!')
  if (policy !== 'Delete') return { do: 'keep' }
  if (isLocalPathVolume(volume)) return { do: 'delete' }
  const provisioner = volume.metadata.annotations?.[volumeAnnotations.provisionedBy] ?? ''
  // Who made it takes it away; a driver's volume is its provisioner's.
  if ((provisioner && !provisioner.startsWith('kubernetes.io/')) || (!provisioner && volume.spec.csi)) return { do: 'keep' }
  const { name } = volume.metadata
  return fail('VolumeFailedDelete', `error getting deleter volume plugin for volume "${name}": no volume plugin matched`)
}

/** The volume as it is without its claim: one that the controller chose is anyone's, one that a user reserved waits for its claim. */
export function unboundVolume(volume: PersistentVolume): PersistentVolume {
  const { metadata, spec } = volume
  if (metadata.annotations?.[volumeAnnotations.boundByController] === undefined) {
    const { uid: _, resourceVersion: __, ...claimRef } = spec.claimRef ?? {}
    return { ...volume, spec: { ...spec, claimRef } }
  }
  const { [volumeAnnotations.boundByController]: _, ...annotations } = metadata.annotations
  const { claimRef: _claimRef, ...rest } = spec
  return { ...volume, metadata: { ...metadata, annotations }, spec: rest }
}
