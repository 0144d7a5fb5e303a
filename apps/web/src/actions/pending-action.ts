import type { KindInfo } from '@quarterdeck/trpc'

import type { ActionTarget } from './target.ts'

/** An action that asks before it is done. */
export interface PendingAction {
  type: 'remove' | 'scale' | 'resize' | 'evict' | 'drain'
  kind: KindInfo
  targets: readonly ActionTarget[]
  /** How many there are now, where one object is scaled. */
  replicas?: number | undefined
  /** Names of pods that nothing would make anew. */
  unowned?: readonly string[] | undefined
  done?: (() => void) | undefined
}
