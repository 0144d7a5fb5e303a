import type { KindInfo } from '@quarterdeck/trpc'

import type { ActionTarget } from './target.ts'

/** An action that asks before it is done. */
export interface PendingAction {
  type: 'remove' | 'scale'
  kind: KindInfo
  targets: readonly ActionTarget[]
  replicas: number | undefined
  done: (() => void) | undefined
}
