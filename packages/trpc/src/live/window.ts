import type { LiveKind } from './live-kind.ts'
import { Pace } from './pace.ts'
import type { Query } from './query.ts'
import type { Cell, Row } from './row.ts'
import type { StateCount, View } from './view.ts'
import type { State } from '../state/state.ts'

/** One line of a list. */
export interface RowData {
  /** The uid. */
  id: string
  namespace: string
  name: string
  /** In the order of the kind's columns. */
  cells: readonly Cell[]
  state?: State | undefined
  createdAt: string
  isDeleting: boolean
  /** Whether a controller made it and would make it again. */
  owner?: string | undefined
  unschedulable: boolean
  /** Of Jobs and CronJobs. */
  isSuspended: boolean
  /** Of Deployments. */
  isPaused: boolean
  /** Wanted replicas, of kinds that have them. */
  replicas?: number | undefined
}

interface Counts {
  /** Objects of the kind, in all namespaces. */
  total: number
  /** Those that the query picks. */
  matched: number
  /** How many there are of each state, before the filter by state. */
  states: StateCount[]
}

/** First the whole window, then what changed: `ids` in order whenever the order changed, and only the rows that did. */
export type WindowMessage =
  | ({ type: 'window'; offset: number; rows: RowData[] } & Counts)
  | ({ type: 'update'; ids?: string[] | undefined; rows: RowData[] } & Counts)

export interface WindowRange {
  query: Query
  offset: number
  limit: number
}

const intervalMs = 250

/** Follows a part of a view. What is held for a reader is one window of rows, however slow it is. */
export async function* followWindow(live: LiveKind, range: WindowRange, signal: AbortSignal): AsyncGenerator<WindowMessage> {
  const { query, offset, limit } = range
  const view = live.view(query)
  const scope = query.states.length === 0 ? view : live.view({ ...query, states: [] })
  const pace = new Pace(intervalMs, signal)
  const stops = [live.listen(pace.mark), view.listen(pace.mark), scope.listen(pace.mark)]
  pace.mark()
  let shown: readonly Row[] | undefined
  let counted = ''
  try {
    while (await pace.next()) {
      const rows = view.slice(offset, limit, query.sort.descending)
      const counts: Counts = { total: live.size, matched: view.rows.length, states: statesOf(scope) }
      const counting = JSON.stringify(counts)
      if (!shown) yield { type: 'window', offset, rows: rows.map(rowData), ...counts }
      else {
        const known = new Set(shown)
        const changed = rows.filter((row) => !known.has(row))
        const isSameOrder = rows.length === shown.length && rows.every((row, index) => row.stored.uid === shown![index]!.stored.uid)
        if (changed.length > 0 || !isSameOrder || counting !== counted)
          yield { type: 'update', ids: isSameOrder ? undefined : rows.map((row) => row.stored.uid), rows: changed.map(rowData), ...counts }
      }
      shown = rows
      counted = counting
    }
  } finally {
    for (const stop of stops) stop()
  }
}

function statesOf(scope: View): StateCount[] {
  return scope.states().toSorted((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
}

export function rowData(row: Row): RowData {
  const { metadata } = row.object
  const owner = metadata.ownerReferences?.find((reference) => reference.controller)
  const { spec } = row.object as { spec?: { unschedulable?: boolean; suspend?: boolean; paused?: boolean } }
  return {
    id: row.stored.uid,
    namespace: row.namespace,
    name: row.name,
    cells: row.cells,
    state: row.state,
    createdAt: metadata.creationTimestamp,
    isDeleting: metadata.deletionTimestamp !== undefined,
    owner: owner && `${owner.kind}/${owner.name}`,
    unschedulable: spec?.unschedulable === true,
    isSuspended: spec?.suspend === true,
    isPaused: spec?.paused === true,
    replicas: row.kind.scale?.replicas(row.object),
  }
}
