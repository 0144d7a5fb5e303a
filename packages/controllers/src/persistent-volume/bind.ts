import {
  persistentVolumeClaims,
  persistentVolumes,
  volumeAnnotations,
  type PersistentVolume,
  type PersistentVolumeClaim,
} from '@quarterdeck/api'
import { compareQuantities } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { updateStatus } from '@quarterdeck/controller-runtime'

/**
 * Makes a volume and a claim each other's, the volume first: whoever is interrupted finds from the volume how to go on. Rejects with
 * Conflict if either has changed since it was read; what is written by then stays, and binding again writes the rest.
 */
export async function bind(client: Client, volume: PersistentVolume, claim: PersistentVolumeClaim): Promise<void> {
  const taken = takenVolume(volume, claim)
  const stored = taken === volume ? volume : await client.update(persistentVolumes, taken)
  const bound = await updatePhase(client, stored, 'Bound')
  const named = namingClaim(claim, bound)
  const storedClaim = named === claim ? claim : await client.update(persistentVolumeClaims, named)
  await updateStatus(client, persistentVolumeClaims, { object: storedClaim, status: boundStatus(storedClaim, bound) })
}

/** Writes the phase if it is another one. A reason ends with the phase it was for. */
export async function updatePhase(client: Client, volume: PersistentVolume, phase: string, message?: string): Promise<PersistentVolume> {
  if (volume.status.phase === phase) return volume
  const { message: _, reason: __, lastPhaseTransitionTime: ___, ...rest } = volume.status
  const status: PersistentVolume['status'] = { ...rest, phase, ...(message ? { message } : {}) }
  return updateStatus(client, persistentVolumes, { object: volume, status })
}

function takenVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { spec, metadata } = volume
  if (spec.claimRef?.uid === claim.metadata.uid) return volume
  const { namespace, name, uid, resourceVersion } = claim.metadata
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid, resourceVersion }
  const annotations = spec.claimRef ? metadata.annotations : { ...metadata.annotations, [volumeAnnotations.boundByController]: 'yes' }
  return { ...volume, metadata: { ...metadata, annotations }, spec: { ...spec, claimRef } }
}

function namingClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): PersistentVolumeClaim {
  const { metadata, spec } = claim
  const isNamed = spec.volumeName === volume.metadata.name
  if (isNamed && metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined) return claim
  const annotations = {
    ...metadata.annotations,
    [volumeAnnotations.bindCompleted]: 'yes',
    ...(isNamed ? {} : { [volumeAnnotations.boundByController]: 'yes' }),
  }
  return { ...claim, metadata: { ...metadata, annotations }, spec: { ...spec, volumeName: volume.metadata.name } }
}

/** A claim that is bound already keeps its capacity, which may be behind the volume's while that grows. */
function boundStatus({ status }: PersistentVolumeClaim, { spec }: PersistentVolume): PersistentVolumeClaim['status'] {
  const next = { ...status, phase: 'Bound', accessModes: spec.accessModes }
  if (status.phase === 'Bound') return next
  const capacity = spec.capacity?.['storage'] ?? '0'
  if (compareQuantities(capacity, status.capacity?.['storage'] ?? '-1') !== 0) next.capacity = spec.capacity
  if (spec.volumeAttributesClassName !== undefined) next.currentVolumeAttributesClassName = spec.volumeAttributesClassName
  return next
}
