import {
  isDefaultClass,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
  type VolumeAttachment,
} from '@quarterdeck/api'
import { compareQuantities } from '@quarterdeck/api-machinery'

import type { Around, State, Tone } from './state.ts'

/** A claim that waits says for what. */
export function claimState({ spec, status }: PersistentVolumeClaim, { storageClass }: Around): State {
  const { phase = 'Pending', capacity } = status
  if (phase === 'Lost') return { text: phase, tone: 'bad', reason: `its volume ${spec.volumeName ?? ''} is gone` }
  if (phase === 'Pending') return pendingState(spec, storageClass)
  const [asked, has] = [spec.resources?.requests?.['storage'], capacity?.['storage']]
  if (phase === 'Bound' && asked && has && compareQuantities(asked, has) > 0)
    return { text: 'Resizing', tone: 'progress', reason: `from ${has} to ${asked}` }
  return { text: phase, tone: phase === 'Bound' ? 'good' : 'progress' }
}

function pendingState({ storageClassName, volumeName }: PersistentVolumeClaim['spec'], storageClass: Around['storageClass']): State {
  const pending: State = { text: 'Pending', tone: 'progress' }
  if (volumeName) return { ...pending, reason: `it waits for the volume ${volumeName}` }
  if (storageClassName === '') return { ...pending, reason: 'it waits for a volume without a class that fits it' }
  if (storageClass === null)
    return {
      text: 'StorageClass missing',
      tone: 'bad',
      reason: storageClassName
        ? `the StorageClass ${storageClassName} does not exist`
        : 'it names no StorageClass, and none is the default',
    }
  if (storageClass?.volumeBindingMode === 'WaitForFirstConsumer') return { ...pending, reason: 'it waits for the first pod that uses it' }
  return storageClass ? { ...pending, reason: `it waits for a volume of the StorageClass ${storageClass.metadata.name}` } : pending
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
