import type { HistoryItem } from '@quarterdeck/trpc'
import { Button, Checkbox, EmptyState, Problem, Spinner, ToneIcon, cn, type Tone } from '@quarterdeck/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { History, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'

import type { ActionTarget } from '../actions/target.ts'
import { api, messageOf } from '../api/trpc.ts'
import { Age } from '../console/time.tsx'
import { DiffView } from '../editor/diff-view.tsx'

const pageSize = 50
const looks: Record<HistoryItem['type'], { text: string; tone: Tone }> = {
  created: { text: 'created', tone: 'good' },
  updated: { text: 'changed', tone: 'progress' },
  deleted: { text: 'deleted', tone: 'bad' },
}

export interface HistoryTabProps {
  target: ActionTarget
  /** The present revision: when it changes, there is more to see. */
  revision: string
  isGone: boolean
}

/** Every change: who, when, what; and the way back. */
export function HistoryTab({ target, revision, isGone }: HistoryTabProps) {
  const { apiVersion, plural, namespace, name } = target
  const { data, error, isLoading, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['history', target, revision, isGone],
    queryFn: ({ pageParam }) =>
      api.objects.history.query({ apiVersion, plural, namespace, name, limit: pageSize, ...(pageParam ? { before: pageParam } : {}) }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.length === pageSize ? last.at(-1)!.revision : undefined),
    placeholderData: (previous) => previous,
  })
  const items = data?.pages.flat() ?? []
  const [showsStatus, setShowsStatus] = useState(false)
  const statusOnly = items.filter(({ isStatusOnly }) => isStatusOnly).length
  const shown = showsStatus ? items : items.filter(({ isStatusOnly }) => !isStatusOnly)
  const [chosen, setChosen] = useState<number>()
  const [against, setAgainst] = useState<'before' | 'now'>('before')
  if (error)
    return (
      <div className="p-5">
        <Problem title="The history can’t be read">{messageOf(error)}</Problem>
      </div>
    )
  if (isLoading) return <Spinner className="p-5" />
  if (items.length === 0)
    return (
      <EmptyState icon={History} title="Nothing is remembered">
        <p>Changes are kept for some days; this object has had none in that time.</p>
      </EmptyState>
    )
  const item = shown.find(({ revision: number }) => number === chosen) ?? shown[0] ?? items[0]!
  // Differences are those to the change before, shown or not.
  const index = items.indexOf(item)
  const other = against === 'now' ? items[0] : items[index + 1]

  async function restore(): Promise<void> {
    try {
      const { action } = await api.objects.restore.mutate({ apiVersion, plural, namespace, name, revision: item.revision })
      toast.success(
        action === 'created'
          ? `${name} exists again, as of revision ${item.revision}`
          : `${name} is again what it was at revision ${item.revision}`,
      )
    } catch (failure) {
      toast.error('Not restored', { description: messageOf(failure) })
    }
  }

  return (
    <div className="grid min-h-full grid-cols-1 max-md:content-start md:grid-cols-[300px_minmax(0,1fr)]">
      <div className="min-w-0 overflow-auto border-line max-md:max-h-56 max-md:border-b md:border-r">
        {statusOnly > 0 && (
          <label className="flex cursor-pointer items-center gap-2 border-b border-line px-3 py-2 text-xs text-muted sm:px-5">
            <Checkbox isChecked={showsStatus} onChange={setShowsStatus} label="Show changes of the status alone" />
            {showsStatus ? 'Changes of its status too' : `${statusOnly.toLocaleString()} changes of its status alone are left out`}
          </label>
        )}
        <ol aria-label="Changes, newest first">
          {shown.map((entry) => (
            <li key={entry.revision}>
              <button
                type="button"
                aria-current={entry === item}
                onClick={() => setChosen(entry.revision)}
                className={cn(
                  'focus-ring w-full cursor-pointer border-b border-line px-3 py-2 text-left text-sm sm:px-5',
                  entry === item ? 'bg-selected' : 'hover:bg-hover/60',
                )}
              >
                <span className="flex items-center gap-2">
                  <ToneIcon tone={looks[entry.type].tone} />
                  <span className="font-medium">{looks[entry.type].text}</span>
                  <span className="ml-auto text-xs text-muted">
                    <Age time={entry.time} /> ago
                  </span>
                </span>
                <span className="mt-0.5 block truncate text-xs text-muted" title={`${entry.actor} with ${entry.client}`}>
                  {entry.actor} · {entry.client} · {entry.revision}
                </span>
              </button>
            </li>
          ))}
          {hasNextPage && (
            <li className="p-2 text-center">
              <Button size="small" onClick={() => void fetchNextPage()}>
                Older changes
              </Button>
            </li>
          )}
        </ol>
      </div>
      <div className="min-w-0">
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-2 sm:px-5">
          <div role="group" aria-label="Compare with" className="flex overflow-hidden rounded-md border border-line-strong text-xs">
            {(['before', 'now'] as const).map((choice) => (
              <button
                key={choice}
                type="button"
                aria-pressed={against === choice}
                onClick={() => setAgainst(choice)}
                className={cn('focus-ring cursor-pointer px-2.5 py-1', against === choice ? 'bg-selected font-medium' : 'hover:bg-hover')}
              >
                {choice === 'before' ? 'What it changed' : 'Difference to now'}
              </button>
            ))}
          </div>
          <div className="flex-1" />
          {(index > 0 || isGone) && (
            <Button size="small" onClick={() => void restore()}>
              <Undo2 aria-hidden /> Restore this revision
            </Button>
          )}
        </div>
        <div className="py-2">
          {against === 'now' ? (
            <DiffView before={item.yaml} after={other?.yaml ?? ''} label="Difference to now" />
          ) : (
            <DiffView before={other?.yaml ?? ''} after={item.yaml} label="What the change changed" />
          )}
        </div>
      </div>
    </div>
  )
}
