import type { DeletedItem, KindInfo } from '@quarterdeck/trpc'
import { Button, EmptyState, Problem, Spinner, buttonClass } from '@quarterdeck/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { ArrowLeft, Trash2, Undo2 } from 'lucide-react'

import { reportEach } from '../actions/report.tsx'
import { nameTargets, targetOf } from '../actions/target.ts'
import { api, messageOf } from '../api/trpc.ts'
import { Link } from '../console/navigation.tsx'
import { listHref, objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'

export interface DeletedListProps {
  kind: KindInfo
  namespaces: readonly string[]
  /** How many objects of the kind there are: when it changes, there may be others to tell of. */
  present: number | undefined
}

/** What was deleted of a kind, with who did it, and the way back. */
export function DeletedList({ kind, namespaces, present }: DeletedListProps) {
  const { data, error, isLoading, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['deleted', kind.resource, namespaces, present],
    queryFn: ({ pageParam }) =>
      api.objects.deleted.query({
        apiVersion: kind.apiVersion,
        plural: kind.plural,
        namespaces: kind.isNamespaced ? [...namespaces] : [],
        ...(pageParam ? { before: pageParam } : {}),
      }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    placeholderData: (previous) => previous,
    // Others delete and restore as well.
    staleTime: 0,
  })
  // The same name may have been deleted on several pages: the latest counts.
  const byName = new Map<string, DeletedItem>()
  for (const item of data?.pages.flatMap(({ items }) => items) ?? []) {
    const id = `${item.namespace}/${item.name}`
    if (!byName.has(id)) byName.set(id, item)
  }
  const items = [...byName.values()]

  async function restore({ namespace, name, revision }: DeletedItem): Promise<void> {
    const target = targetOf(kind, { namespace, name })
    await reportEach(`${nameTargets(kind, [target])}: restored`, async () => {
      await api.objects.restore.mutate({ ...target, revision })
      return [{ target }]
    })
    await refetch()
  }

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line px-3 py-3 sm:px-5">
        <h1 className="text-lg font-semibold tracking-tight">Deleted {kind.title.toLowerCase()}</h1>
        <div className="flex-1" />
        <Link href={listHref(kind.resource)} className={buttonClass()}>
          <ArrowLeft aria-hidden /> Back to the list
        </Link>
      </header>
      {error ? (
        <div className="p-5">
          <Problem title="What was deleted can’t be listed">{messageOf(error)}</Problem>
        </div>
      ) : isLoading ? (
        <Spinner className="p-6" />
      ) : items.length === 0 && !hasNextPage ? (
        <EmptyState icon={Trash2} title={`No deleted ${kind.title.toLowerCase()} are remembered`}>
          <p>Deletions are kept for some days. Objects that a controller made, and names that are taken again, are not told.</p>
        </EmptyState>
      ) : (
        <div className="min-h-0 flex-1 overflow-auto bg-surface">
          {kind.resource === 'namespaces' && (
            <p className="px-3 py-2 text-sm text-muted sm:px-5">
              A namespace comes back empty. What was in it is among the deleted objects of its kind.
            </p>
          )}
          <ul aria-label={`Deleted ${kind.title.toLowerCase()}`}>
            {items.map((item) => (
              <DeletedRow key={`${item.namespace}/${item.name}`} kind={kind} item={item} onRestore={() => void restore(item)} />
            ))}
          </ul>
          {hasNextPage && (
            <div className="p-3 text-center">
              <Button size="small" onClick={() => void fetchNextPage()}>
                Older deletions
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  )
}

function DeletedRow({ kind, item, onRestore }: { kind: KindInfo; item: DeletedItem; onRestore: () => void }) {
  const { namespace, name, actor, client, time, lacksNamespace } = item
  return (
    <li className="flex items-center gap-3 border-b border-line/70 px-3 py-2 text-sm hover:bg-hover/60 sm:px-5">
      <div className="min-w-0 flex-1">
        <div className="truncate">
          <Link
            href={objectHref({ resource: kind.resource, namespace, name }, 'history')}
            className="focus-ring rounded font-medium hover:text-accent hover:underline"
          >
            {name}
          </Link>{' '}
          <span className="text-xs text-muted">{namespace}</span>
        </div>
        <div className="truncate text-xs text-muted">
          deleted <Age time={time} /> ago by {actor} · {client}
        </div>
      </div>
      {lacksNamespace ? (
        <Link
          href={listHref('namespaces', { deleted: '1' })}
          className="focus-ring rounded text-xs text-muted hover:text-accent hover:underline"
        >
          its namespace is gone
        </Link>
      ) : (
        <Button size="small" onClick={onRestore} aria-label={`Restore ${name}`}>
          <Undo2 aria-hidden /> Restore
        </Button>
      )}
    </li>
  )
}
