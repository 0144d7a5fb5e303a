import type { Kind, StorageClass } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { stateReaders } from './state-readers.ts'
import { terminatingState } from './terminating-state.ts'

/** What a state means to a reader; shown as a shape and a word, never as a colour alone. */
export type Tone = 'good' | 'progress' | 'warning' | 'bad' | 'neutral'

/** How an object is, and why. */
export interface State {
  /** A word or two, the same for all objects that are so: lists count and filter by it. */
  text: string
  tone: Tone
  /** The cause, in words. */
  reason?: string | undefined
  /** What the component that met the cause said itself, where that says more. */
  detail?: string | undefined
}

/** What ails pods of one workload: the worst of their states, and how many are in it. */
export interface PodTrouble {
  state: State
  count: number
  /** Whether none of them runs any more. */
  hasEnded: boolean
}

/** What the state of an object depends on besides itself. A part is undefined where it is not known. */
export interface Around {
  /** Of a workload's newest pods; null: none. */
  trouble?: PodTrouble | null
  /** That of a claim, or the default one for a claim that names none; null: there is none. */
  storageClass?: StorageClass | null
}

/** How an object is; undefined for kinds that have no such thing (a ConfigMap). */
export function stateOf(kind: Kind, object: KubeObject, around: Around = {}): State | undefined {
  if (object.metadata.deletionTimestamp) return terminatingState(object)
  return stateReaders[kind.resource]?.(object as never, around)
}

/** Whether objects of the kind have a state besides being deleted. */
export function hasState(kind: Kind): boolean {
  return kind.resource in stateReaders
}

export function isSameState(a: State | undefined, b: State | undefined): boolean {
  return a?.text === b?.text && a?.tone === b?.tone && a?.reason === b?.reason && a?.detail === b?.detail
}
