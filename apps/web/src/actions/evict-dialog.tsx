import { Button, Dialog, ToneIcon } from '@quarterdeck/ui'

import { api } from '../api/trpc.ts'
import type { PendingAction } from './pending-action.ts'
import { reportEach } from './report.tsx'
import { nameTargets } from './target.ts'
import { TargetNames } from './target-names.tsx'

/** Asks before pods are evicted. */
export function EvictDialog({ action: { kind, targets, unowned = [], done }, onClose }: { action: PendingAction; onClose: () => void }) {
  const evict = (): void => {
    onClose()
    const evicted = targets.map(({ namespace, name, uid }) => ({ namespace, name, ...(uid ? { uid } : {}) }))
    void reportEach(`${nameTargets(kind, targets)}: evicted`, () => api.pods.evict.mutate({ pods: evicted }), { done })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Evict ${nameTargets(kind, targets)}?`}
      description="As a delete, but only if its disruption budget can spare it; otherwise you are told what the budget needs."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" onClick={evict} autoFocus>
            Evict
          </Button>
        </>
      }
    >
      {targets.length > 1 && <TargetNames targets={targets} />}
      {unowned.length > 0 && (
        <p className="flex gap-2 text-sm">
          <span className="pt-0.5">
            <ToneIcon tone="warning" />
          </span>
          <span className="min-w-0 break-words">No controller makes another in place of {unowned.slice(0, 5).join(', ')}.</span>
        </p>
      )}
    </Dialog>
  )
}
