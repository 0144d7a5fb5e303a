import type { KindInfo } from '@quarterdeck/trpc'
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'

import { api } from '../api/trpc.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { reportEach, type AfterReport } from './report.tsx'
import { ScaleDialog } from './scale-dialog.tsx'
import type { PendingAction } from './pending-action.ts'
import { nameTargets, plain, type ActionTarget } from './target.ts'

/** What can be done to objects from anywhere. `done` runs after it was. */
export interface Actions {
  remove: (kind: KindInfo, targets: readonly ActionTarget[], done?: () => void) => void
  scale: (kind: KindInfo, targets: readonly ActionTarget[], replicas: number | undefined, done?: () => void) => void
  restart: (kind: KindInfo, targets: readonly ActionTarget[], done?: () => void) => void
  setSchedulable: (targets: readonly ActionTarget[], isSchedulable: boolean, done?: () => void) => void
}

const ActionsContext = createContext<Actions | undefined>(undefined)

export function useActions(): Actions {
  const actions = useContext(ActionsContext)
  if (!actions) throw new Error('useActions belongs inside an ActionsProvider')
  return actions
}

/** Holds the dialogs of actions that ask first. */
export function ActionsProvider({ children }: { children: ReactNode }) {
  const [pending, setPending] = useState<PendingAction>()
  const actions = useMemo<Actions>(
    () => ({
      remove: (kind, targets, done) => setPending({ type: 'remove', kind, targets, replicas: undefined, done }),
      scale: (kind, targets, replicas, done) => setPending({ type: 'scale', kind, targets, replicas, done }),
      restart: (kind, targets, done) => {
        const what =
          kind.plural === 'pods' ? `${nameTargets(kind, targets)} is being replaced` : `${nameTargets(kind, targets)} restarts, pod by pod`
        void reportEach(what, () => api.objects.restart.mutate({ targets: plain(targets) }), { done })
      },
      setSchedulable: (targets, isSchedulable, done) => {
        const names = targets.map((target) => target.name)
        const set = (next: boolean, after: AfterReport): void => {
          const what = `${names.join(', ')}: ${next ? 'takes new pods again' : 'takes no new pods'}`
          void reportEach(what, () => api.nodes.setSchedulable.mutate({ names, isSchedulable: next }), after)
        }
        set(isSchedulable, { done, undo: () => set(!isSchedulable, {}) })
      },
    }),
    [],
  )
  const close = (): void => setPending(undefined)
  return (
    <ActionsContext value={actions}>
      {children}
      {pending?.type === 'remove' && <DeleteDialog action={pending} onClose={close} />}
      {pending?.type === 'scale' && <ScaleDialog action={pending} onClose={close} />}
    </ActionsContext>
  )
}
