import type { RevisionItem } from '@quarterdeck/trpc'
import { Button, EmptyState, Problem, Spinner, StateBadge, cn } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { ListTree, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'

import { plain, type ActionTarget } from '../actions/target.ts'
import { api, messageOf } from '../api/trpc.ts'
import { Age } from '../console/time.tsx'
import { DiffView } from '../editor/diff-view.tsx'

export interface RevisionsTabProps {
  target: ActionTarget
  /** When it changes, there may be another revision. */
  generation: number
  isPaused: boolean
}

/** How often it is looked whether a new revision has been made of a change. */
const refreshMs = 4000

/** The pod templates that a workload had: what going back to one would change, and the way back. */
export function RevisionsTab({ target, generation, isPaused }: RevisionsTabProps) {
  const key = plain([target])[0]!
  const { data, error, isLoading, refetch } = useQuery({
    queryKey: ['revisions', key, generation],
    queryFn: () => api.workloads.listRevisions.query(key),
    placeholderData: (previous) => previous,
    refetchInterval: refreshMs,
  })
  const [chosen, setChosen] = useState<number>()
  if (error)
    return (
      <div className="p-5">
        <Problem title="The revisions can’t be read">{messageOf(error)}</Problem>
      </div>
    )
  if (isLoading || !data) return <Spinner className="p-5" />
  if (data.length === 0)
    return (
      <EmptyState icon={ListTree} title="No revision is kept yet">
        <p>A revision is kept of every pod template it has had, up to its revision history limit.</p>
      </EmptyState>
    )
  const current = data.find(({ isCurrent }) => isCurrent)
  const item = data.find(({ number }) => number === chosen) ?? data.find(({ isCurrent }) => !isCurrent) ?? data[0]!

  async function goBack(): Promise<void> {
    try {
      const { action, revision } = await api.workloads.rollBack.mutate({ ...key, revision: item.number })
      if (action === 'skipped') toast.info(`${key.name} has the template of revision ${revision} already`)
      else toast.success(`${key.name} rolls back to revision ${revision}`)
      await refetch()
    } catch (failure) {
      toast.error(`Not rolled back: ${key.name}`, { description: messageOf(failure), duration: 12_000 })
    }
  }

  return (
    <div className="grid min-h-full md:grid-cols-[300px_minmax(0,1fr)] max-md:grid-rows-[auto_1fr]">
      <ol className="overflow-auto border-line max-md:max-h-56 max-md:border-b md:border-r" aria-label="Revisions, newest first">
        {data.map((revision) => (
          <li key={revision.name}>
            <RevisionButton revision={revision} isChosen={revision === item} onChoose={() => setChosen(revision.number)} />
          </li>
        ))}
      </ol>
      <div className="min-w-0">
        <div className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line px-3 py-2 sm:px-5">
          <span className="text-sm text-muted">
            {item.isCurrent ? `Revision ${item.number} is what it has now` : `What going back to revision ${item.number} changes`}
          </span>
          <div className="flex-1" />
          {!item.isCurrent && isPaused && <span className="text-xs text-muted">Its rollouts are paused: resume them first.</span>}
          {!item.isCurrent && (
            <Button size="small" look="primary" onClick={() => void goBack()} disabled={isPaused}>
              <Undo2 aria-hidden /> Roll back to revision {item.number}
            </Button>
          )}
        </div>
        <div className="py-2">
          {item.isCurrent ? (
            <pre className="overflow-x-auto px-4 py-1 font-mono text-xs leading-5">{item.yaml}</pre>
          ) : (
            <DiffView before={current?.yaml ?? ''} after={item.yaml} label={`Difference to revision ${item.number}`} />
          )}
        </div>
      </div>
    </div>
  )
}

function RevisionButton({ revision, isChosen, onChoose }: { revision: RevisionItem; isChosen: boolean; onChoose: () => void }) {
  const { number, createdAt, isCurrent, changeCause, images } = revision
  return (
    <button
      type="button"
      aria-current={isChosen}
      onClick={onChoose}
      className={cn(
        'focus-ring w-full cursor-pointer border-b border-line px-3 py-2 text-left text-sm sm:px-5',
        isChosen ? 'bg-selected' : 'hover:bg-hover/60',
      )}
    >
      <span className="flex items-center gap-2">
        <span className="font-medium">Revision {number}</span>
        {isCurrent && <StateBadge text="now" tone="good" className="text-xs" />}
        <span className="ml-auto text-xs text-muted">
          <Age time={createdAt} /> ago
        </span>
      </span>
      <span className="mt-0.5 block truncate text-xs text-muted" title={changeCause ?? images.join(', ')}>
        {changeCause ?? images.join(', ')}
      </span>
    </button>
  )
}
