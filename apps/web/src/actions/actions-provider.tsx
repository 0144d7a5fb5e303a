import type { KindInfo } from '@quarterdeck/trpc'
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react'

import { api } from '../api/trpc.ts'
import { DeleteDialog } from './delete-dialog.tsx'
import { DrainDialog } from './drain-dialog.tsx'
import { EvictDialog } from './evict-dialog.tsx'
import type { PendingAction } from './pending-action.ts'
import { reportEach, type AfterReport } from './report.tsx'
import { ResizeDialog } from './resize-dialog.tsx'
import { runNow } from './run-now.tsx'
import { ScaleDialog } from './scale-dialog.tsx'
import { nameTargets, plain, type ActionTarget } from './target.ts'

/** What can be done to objects from anywhere. `done` runs after it was. */
export interface Actions {
  remove: (kind: KindInfo, targets: readonly ActionTarget[], done?: () => void) => void
  scale: (kind: KindInfo, targets: readonly ActionTarget[], replicas: number | undefined, done?: () => void) => void
  restart: (kind: KindInfo, targets: readonly ActionTarget[], done?: () => void) => void
  setSchedulable: (targets: readonly ActionTarget[], isSchedulable: boolean, done?: () => void) => void
  setSuspended: (kind: KindInfo, targets: readonly ActionTarget[], isSuspended: boolean, done?: () => void) => void
  setPaused: (kind: KindInfo, targets: readonly ActionTarget[], isPaused: boolean, done?: () => void) => void
  runNow: (kind: KindInfo, target: ActionTarget) => void
  resize: (kind: KindInfo, target: ActionTarget) => void
  evict: (kind: KindInfo, targets: readonly ActionTarget[], details: Pick<PendingAction, 'unowned' | 'done'>) => void
  drain: (kind: KindInfo, target: ActionTarget) => void
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
      ...directActions,
      remove: (kind, targets, done) => setPending({ type: 'remove', kind, targets, done }),
      scale: (kind, targets, replicas, done) => setPending({ type: 'scale', kind, targets, replicas, done }),
      resize: (kind, target) => setPending({ type: 'resize', kind, targets: [target] }),
      evict: (kind, targets, details) => setPending({ type: 'evict', kind, targets, ...details }),
      drain: (kind, target) => setPending({ type: 'drain', kind, targets: [target] }),
    }),
    [],
  )
  const close = (): void => setPending(undefined)
  const PendingDialog = pending && dialogs[pending.type]
  return (
    <ActionsContext value={actions}>
      {children}
      {PendingDialog && <PendingDialog action={pending} onClose={close} />}
    </ActionsContext>
  )
}

const dialogs: Record<PendingAction['type'], (props: { action: PendingAction; onClose: () => void }) => ReactNode> = {
  remove: DeleteDialog,
  scale: ScaleDialog,
  resize: ResizeDialog,
  evict: EvictDialog,
  drain: DrainDialog,
}

/** Those that are done at once, because they can be undone. */
const directActions: Pick<Actions, 'restart' | 'setSchedulable' | 'setSuspended' | 'setPaused' | 'runNow'> = {
  restart(kind, targets, done) {
    const what =
      kind.plural === 'pods' ? `${nameTargets(kind, targets)} is being replaced` : `${nameTargets(kind, targets)} restarts, pod by pod`
    void reportEach(what, () => api.objects.restart.mutate({ targets: plain(targets) }), { done })
  },
  setSchedulable(targets, isSchedulable, done) {
    const names = targets.map((target) => target.name)
    toggle(isSchedulable, done, (next, after) =>
      reportEach(
        `${names.join(', ')}: ${next ? 'takes new pods again' : 'takes no new pods'}`,
        () => api.nodes.setSchedulable.mutate({ names, isSchedulable: next }),
        after,
      ),
    )
  },
  setSuspended(kind, targets, isSuspended, done) {
    toggle(isSuspended, done, (next, after) =>
      reportEach(
        `${nameTargets(kind, targets)}: ${next ? 'suspended' : 'resumed'}`,
        () => api.workloads.setSuspended.mutate({ targets: plain(targets), isSuspended: next }),
        after,
      ),
    )
  },
  setPaused(kind, targets, isPaused, done) {
    toggle(isPaused, done, (next, after) =>
      reportEach(
        `${nameTargets(kind, targets)}: rollouts are ${next ? 'paused' : 'resumed'}`,
        () => api.workloads.setPaused.mutate({ targets: plain(targets), isPaused: next }),
        after,
      ),
    )
  },
  runNow,
}

/** Sets something and offers to set it back. */
function toggle(next: boolean, done: (() => void) | undefined, set: (next: boolean, after: AfterReport) => Promise<void>): void {
  void set(next, { done, undo: () => void set(!next, {}) })
}
