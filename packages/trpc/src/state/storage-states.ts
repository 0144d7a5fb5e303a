import {
  isDefaultClass,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type VolumeAttachment,
} from '@quarterdeck/api'
import { compareQuantities } from '@quarterdeck/api-machinery'

import type { State, Tone } from './state.ts'

/** Why a claim is pending, its events say. */
export function claimState({ spec, status }: PersistentVolumeClaim): State {
  const { phase = 'Pending', capacity } = status
  if (phase === 'Lost') return { text: phase, tone: 'bad', reason: `its volume ${spec.volumeName ?? ''} is gone` }
  const [asked, has] = [spec.resources?.requests?.['storage'], capacity?.['storage']]
  if (phase === 'Bound' && asked && has && compareQuantities(asked, has) > 0)
    return { text: 'Resizing', tone: 'progress', reason: `from ${has} to ${asked}` }
  return { text: phase, tone: phase === 'Bound' ? 'good' : 'progress' }
}

const volumeTones: Readonly<Record<string, Tone>> = { Available: 'neutral', Bound: 'good', Released: 'warning', Failed: 'bad' }

export function volumeState({ status }: PersistentVolume): State {
  const { phase = 'Pending', message } = status
  return { text: phase, tone: volumeTones[phase] ?? 'progress', reason: message }
}

export function storageClassState(storageClass: StorageClass): State | undefined {
  return isDefaultClass(storageClass) ? { text: 'Default', tone: 'good', reason: 'claims that name no class get this one' } : undefined
}

export function attachmentState({ status }: VolumeAttachment): State {
  const failed = status.attachError ?? status.detachError
  if (failed) return { text: 'Failing', tone: 'bad', reason: failed.message }
  return status.attached ? { text: 'Attached', tone: 'good' } : { text: 'Attaching', tone: 'progress' }
}
