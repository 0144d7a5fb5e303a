import type { KindInfo } from '@quarterdeck/trpc'
import { Button } from '@quarterdeck/ui'
import { X } from 'lucide-react'

import { useActions } from '../actions/actions-provider.tsx'
import { objectActionsOf } from '../actions/object-actions.ts'
import type { Selection } from './use-selection.ts'

/** What can be done with the selected rows at once. */
export function BulkActions({ kind, selection }: { kind: KindInfo; selection: Selection }) {
  const actions = useActions()
  const possible = objectActionsOf(kind, selection.rows, { actions, done: selection.clear })
  return (
    <div role="toolbar" aria-label="Selected rows" className="flex items-center gap-1.5">
      <span className="shrink-0 px-1 text-sm font-medium tabular-nums">{selection.rows.length} selected</span>
      {possible.map(({ id, label, icon: Icon, isDanger = false, run }) => (
        <Button key={id} size="small" look={isDanger ? 'danger' : 'plain'} onClick={run}>
          <Icon aria-hidden /> {label.replace('…', '')}
        </Button>
      ))}
      <Button size="small" look="quiet" onClick={selection.clear}>
        <X aria-hidden /> Clear
      </Button>
    </div>
  )
}
