import { Button, Dialog, Select, Spinner } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api/trpc.ts'
import type { PendingAction } from './pending-action.ts'
import { reportEach } from './report.tsx'
import { restoreDeleted } from './restore-deleted.ts'
import { TargetNames } from './target-names.tsx'
import { nameTargets, plain, type ActionTarget } from './target.ts'

type Propagation = 'Background' | 'Foreground' | 'Orphan'

const propagations: readonly { value: Propagation; label: string }[] = [
  { value: 'Background', label: 'and what it owns, after it' },
  { value: 'Foreground', label: 'and what it owns, before it' },
  { value: 'Orphan', label: 'but keep what it owns' },
]

/** Asks before a delete, and shows what goes with it and what it would break. */
export function DeleteDialog({ action, onClose }: { action: PendingAction; onClose: () => void }) {
  const { kind, targets } = action
  const [propagationPolicy, setPropagationPolicy] = useState<Propagation>('Background')
  const remove = (): void => {
    onClose()
    const canUndo = kind.hasHistory && kind.plural !== 'pods' && kind.plural !== 'namespaces'
    void reportEach(
      `${nameTargets(kind, targets)}: ${targets.length > 1 ? 'are' : 'is'} being deleted`,
      () => api.objects.delete.mutate({ targets: [...targets], propagationPolicy }),
      { done: action.done, undo: canUndo ? () => void restoreDeleted(kind, targets) : undefined },
    )
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Delete ${nameTargets(kind, targets)}?`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={remove} autoFocus>
            Delete
          </Button>
        </>
      }
    >
      {kind.ownsOthers && (
        <label className="mb-4 flex flex-wrap items-center gap-2 text-sm">
          Delete it
          <Select
            label="What becomes of what it owns"
            value={propagationPolicy}
            onChange={(event) => setPropagationPolicy(event.target.value as Propagation)}
          >
            {propagations.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </Select>
        </label>
      )}
      {targets.length === 1 && targets[0] ? (
        <Consequences target={targets[0]} keepsOwned={propagationPolicy === 'Orphan'} />
      ) : (
        <TargetNames targets={targets} />
      )}
    </Dialog>
  )
}

function Consequences({ target, keepsOwned }: { target: ActionTarget; keepsOwned: boolean }) {
  const { data, isLoading } = useQuery({
    queryKey: ['related', target],
    queryFn: () => api.objects.related.query(plain([target])[0]!),
    staleTime: 0,
  })
  if (isLoading) return <Spinner label="Looking for what depends on it" />
  const deleted = (data ?? []).filter((group) => group.onDelete === 'deleted')
  const broken = (data ?? []).filter((group) => group.onDelete === 'breaks')
  const isNamespace = target.plural === 'namespaces'
  if (!isNamespace && deleted.length === 0 && broken.length === 0) return <p className="text-sm text-muted">Nothing else depends on it.</p>
  return (
    <div className="flex flex-col gap-3 text-sm">
      {isNamespace && <p>Everything in the namespace is deleted with it.</p>}
      {deleted.length > 0 && <Groups title={keepsOwned ? 'Left without an owner' : 'Deleted with it'} groups={deleted} />}
      {broken.length > 0 && <Groups title="Depends on it" groups={broken} />}
    </div>
  )
}

function Groups({
  title,
  groups,
}: {
  title: string
  groups: readonly { title: string; total: number; items: readonly { name: string }[] }[]
}) {
  return (
    <div>
      <h3 className="font-medium">{title}</h3>
      <ul className="mt-1 flex flex-col gap-1">
        {groups.map((group) => (
          <li key={group.title} className="flex gap-2">
            <span className="shrink-0 tabular-nums">
              {group.title} ({group.total.toLocaleString()})
            </span>
            <span className="min-w-0 truncate text-muted">
              {group.items
                .slice(0, 3)
                .map((item) => item.name)
                .join(', ')}
              {group.total > 3 && ' …'}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
