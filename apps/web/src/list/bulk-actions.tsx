import type { KindInfo } from '@quarterdeck/trpc'
import { Button } from '@quarterdeck/ui'
import { Ban, CircleCheck, RotateCw, Scaling, Trash2, X } from 'lucide-react'

import { useActions } from '../actions/actions-provider.tsx'
import { targetOf } from '../actions/target.ts'
import type { Selection } from './use-selection.ts'

/** What can be done with the selected rows at once. */
export function BulkActions({ kind, selection }: { kind: KindInfo; selection: Selection }) {
  const actions = useActions()
  const targets = selection.rows.map((row) => targetOf(kind, row))
  const done = selection.clear
  const owned = selection.rows.every((row) => row.owner !== undefined)
  return (
    <div role="toolbar" aria-label="Selected rows" className="flex items-center gap-1.5">
      <span className="px-1 text-sm font-medium tabular-nums">{selection.rows.length} selected</span>
      {kind.canScale && (
        <Button size="small" onClick={() => actions.scale(kind, targets, undefined, done)}>
          <Scaling aria-hidden /> Scale
        </Button>
      )}
      {(kind.canRestart || (kind.resource === 'pods' && owned)) && (
        <Button size="small" onClick={() => actions.restart(kind, targets, done)}>
          <RotateCw aria-hidden /> Restart
        </Button>
      )}
      {kind.resource === 'nodes' && (
        <>
          <Button size="small" onClick={() => actions.setSchedulable(targets, false, done)}>
            <Ban aria-hidden /> Cordon
          </Button>
          <Button size="small" onClick={() => actions.setSchedulable(targets, true, done)}>
            <CircleCheck aria-hidden /> Uncordon
          </Button>
        </>
      )}
      {kind.canDelete && (
        <Button size="small" look="danger" onClick={() => actions.remove(kind, targets, done)}>
          <Trash2 aria-hidden /> Delete
        </Button>
      )}
      <Button size="small" look="quiet" onClick={selection.clear}>
        <X aria-hidden /> Clear
      </Button>
    </div>
  )
}
