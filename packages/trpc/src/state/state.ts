import type { Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { stateReaders } from './state-readers.ts'

/** What a state means to a reader; shown as a shape and a word, never as a colour alone. */
export type Tone = 'good' | 'progress' | 'warning' | 'bad' | 'neutral'

/** How an object is, in a word or two. */
export interface State {
  text: string
  tone: Tone
  /** Why, where the object says it. */
  reason?: string | undefined
}

/** How an object is; undefined for kinds that have no such thing (a ConfigMap). */
export function stateOf(kind: Kind, object: KubeObject): State | undefined {
  const read = stateReaders[kind.resource]
  if (object.metadata.deletionTimestamp) return { text: 'Terminating', tone: 'progress', reason: heldBy(object) }
  return read?.(object as never, kind)
}

/** Whether objects of the kind have a state besides being deleted. */
export function hasState(kind: Kind): boolean {
  return kind.resource in stateReaders
}

function heldBy({ metadata }: KubeObject): string | undefined {
  return metadata.finalizers?.length ? `waits for ${metadata.finalizers.join(', ')}` : undefined
}
