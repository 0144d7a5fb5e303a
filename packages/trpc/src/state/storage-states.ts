import type { PersistentVolume, PersistentVolumeClaim } from '@quarterdeck/api'

import type { State, Tone } from './state.ts'

/** Why a claim is pending, its events say. */
export function claimState({ spec, status }: PersistentVolumeClaim): State {
  const { phase = 'Pending' } = status
  if (phase === 'Lost') return { text: phase, tone: 'bad', reason: `its volume ${spec.volumeName ?? ''} is gone` }
  return { text: phase, tone: phase === 'Bound' ? 'good' : 'progress' }
}

const volumeTones: Readonly<Record<string, Tone>> = { Available: 'neutral', Bound: 'good', Released: 'warning', Failed: 'bad' }

export function volumeState({ status }: PersistentVolume): State {
  const { phase = 'Pending', message } = status
  return { text: phase, tone: volumeTones[phase] ?? 'progress', reason: message }
}
