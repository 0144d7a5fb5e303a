import type { KindInfo } from '@quarterdeck/trpc'
import { Problem, Spinner } from '@quarterdeck/ui'
import { useState } from 'react'

import { messageOf } from '../api/trpc.ts'
import { kindOfResource, useKinds } from '../api/use-kinds.ts'
import { useLocation } from '../console/navigation.tsx'
import { UnknownKind } from '../console/not-found-page.tsx'
import { useChosenNamespaces } from '../console/namespaces.ts'
import { useTitle } from '../console/use-title.ts'
import { DeletedList } from './deleted-list.tsx'
import { useListParameters } from './list-parameters.ts'
import { ListTable } from './list-table.tsx'
import { ListToolbar } from './list-toolbar.tsx'
import { NothingHere } from './nothing-here.tsx'
import { useColumnVisibility } from './use-column-visibility.ts'
import { useSelection } from './use-selection.ts'
import { useWindow } from './use-window.ts'

/** The live list of any kind. */
export function ListPage({ resource }: { resource: string }) {
  const { kinds, isLoading, error } = useKinds()
  const kind = kindOfResource(kinds, resource)
  if (isLoading) return <Spinner className="p-6" />
  if (error)
    return (
      <div className="p-5">
        <Problem title="The kinds could not be read">{messageOf(error)}</Problem>
      </div>
    )
  if (!kind) return <UnknownKind resource={resource} />
  return <KindList kind={kind} />
}

const pageRows = 50

function KindList({ kind }: { kind: KindInfo }) {
  const { parameters: address } = useLocation()
  const showsDeleted = kind.hasHistory && address.has('deleted')
  useTitle(showsDeleted ? `Deleted ${kind.title.toLowerCase()}` : kind.title)
  const namespaces = useChosenNamespaces()
  const { change, ...parameters } = useListParameters(kind)
  const [chosenVisibility, showColumn] = useColumnVisibility(kind)
  // Of one namespace the picker says which it is.
  const isOneNamespace = namespaces.length === 1
  const visibility = isOneNamespace ? { ...chosenVisibility, Namespace: false } : chosenVisibility
  const [range, setRange] = useState({ offset: 0, limit: pageRows * 3 })
  const query = { namespaces: kind.isNamespaced ? namespaces : [], ...parameters }
  const { window, isStale, error } = useWindow(kind, query, range)
  const selection = useSelection()

  const follow = (first: number, last: number): void => {
    const isInside = first >= range.offset && last < range.offset + range.limit
    if (isInside) return
    setRange({
      offset: Math.max(0, Math.floor((first - pageRows) / pageRows) * pageRows),
      limit: Math.min(500, Math.ceil((last - first + 3 * pageRows) / pageRows) * pageRows),
    })
  }

  if (showsDeleted) return <DeletedList kind={kind} namespaces={namespaces} present={window?.total} />
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ListToolbar
        kind={kind}
        window={window}
        parameters={parameters}
        onChange={change}
        visibility={visibility}
        onShowColumn={showColumn}
        isOneNamespace={isOneNamespace}
        selection={selection}
      />
      {error ? (
        <div className="p-5">
          <Problem title={`${kind.title} can’t be listed`}>{error.message}</Problem>
        </div>
      ) : window?.matched === 0 ? (
        <NothingHere
          kind={kind}
          total={window.total}
          isFiltered={Boolean(parameters.search || parameters.labelSelector || parameters.states.length > 0)}
          namespaces={namespaces}
          onClear={() => change({ search: '', labelSelector: '', states: [] })}
        />
      ) : (
        <ListTable
          kind={kind}
          window={window}
          isStale={isStale}
          sort={parameters.sort}
          onSort={(sort) => change({ sort })}
          visibility={visibility}
          onVisible={follow}
          selection={selection}
        />
      )}
    </div>
  )
}
