import { isJobFinished, jobs, type Job } from '@quarterdeck/api'

import type { LiveKind } from './live-kind.ts'
import { Pace } from './pace.ts'
import type { Query } from './query.ts'
import type { Cell, Row } from './row.ts'
import type { StateCount, View } from './view.ts'
import type { State } from '../state/state.ts'
import { hasUsage, usageBoundsOf, usageColumns, usageOfRow, type UsageBounds } from '../usage/row-usage.ts'
import type { Usage, UsageBoard } from '../usage/usage-board.ts'
import { sliceByUsage } from '../usage/usage-order.ts'

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
  /** Whether it is a Job that is over. */
  isFinished: boolean
  /** Of Deployments. */
  isPaused: boolean
  /** Wanted replicas, of kinds that have them. */
  replicas?: number | undefined
  /** Of pods and nodes. */
  bounds?: UsageBounds | undefined
}

interface Counts {
  /** Objects of the kind, in all namespaces. */
  total: number
  /** Those that the query picks. */
  matched: number
  /** How many there are of each state, before the filter by state. */
  states: StateCount[]
}

/** What rows use now, by uid: those whose figures changed; null where they are not known any more. */
export type UsageChanges = Record<string, Usage | null>

/** First the whole window, then what changed: `ids` in order whenever the order changed, and only the rows that did. */
export type WindowMessage =
  | ({ type: 'window'; offset: number; rows: RowData[]; usage?: UsageChanges | undefined } & Counts)
  | ({ type: 'update'; ids?: string[] | undefined; rows: RowData[]; usage?: UsageChanges | undefined } & Counts)

export interface WindowRange {
  query: Query
  offset: number
  limit: number
}

const intervalMs = 250
/** An order by what is used changes all the time; a reader wants to read. */
const usageOrderMs = 2000

/** Follows a part of a view. What is held for a reader is one window of rows, however slow it is. */
export async function* followWindow(
  live: LiveKind,
  range: WindowRange,
  { board, signal }: { board: UsageBoard; signal: AbortSignal },
): AsyncGenerator<WindowMessage> {
  const { query, offset, limit } = range
  const { column, descending } = query.sort
  const isByUsage = hasUsage(live.kind) && column in usageColumns
  const view = live.view(isByUsage ? { ...query, sort: { column: 'Name', descending: false } } : query)
  const scope = query.states.length === 0 ? view : live.view({ ...query, states: [] })
  const pace = new Pace(isByUsage ? usageOrderMs : intervalMs, signal)
  const stops = [live.listen(pace.mark), view.listen(pace.mark), scope.listen(pace.mark)]
  pace.mark()
  let shown: readonly Row[] | undefined
  let shownUsage: ReadonlyMap<string, Usage> = new Map()
  let counted = ''
  try {
    if (hasUsage(live.kind)) stops.push(await board.listen(pace.mark))
    while (await pace.next()) {
      const rows = isByUsage ? sliceByUsage(view.rows, board, { column, descending, offset, limit }) : view.slice(offset, limit, descending)
      const usageNow = hasUsage(live.kind) ? usageOfRows(board, rows) : shownUsage
      const usage = usageChanges(shownUsage, usageNow)
      const counts: Counts = { total: live.size, matched: view.rows.length, states: statesOf(scope) }
      const counting = JSON.stringify(counts)
      if (!shown) yield { type: 'window', offset, rows: rows.map(rowData), usage, ...counts }
      else {
        const known = new Set(shown)
        const changed = rows.filter((row) => !known.has(row))
        const isSameOrder = rows.length === shown.length && rows.every((row, index) => row.stored.uid === shown![index]!.stored.uid)
        const ids = isSameOrder ? undefined : rows.map((row) => row.stored.uid)
        if (changed.length > 0 || !isSameOrder || usage || counting !== counted)
          yield { type: 'update', ids, rows: changed.map(rowData), usage, ...counts }
      }
      shown = rows
      shownUsage = usageNow
      counted = counting
    }
  } finally {
    for (const stop of stops) stop()
  }
}

function usageOfRows(board: UsageBoard, rows: readonly Row[]): ReadonlyMap<string, Usage> {
  const found = new Map<string, Usage>()
  for (const row of rows) {
    const usage = usageOfRow(board, row)
    if (usage) found.set(row.stored.uid, { cpuMillis: usage.cpuMillis, memoryBytes: usage.memoryBytes })
  }
  return found
}

/** Undefined when nothing changed. */
function usageChanges(before: ReadonlyMap<string, Usage>, after: ReadonlyMap<string, Usage>): UsageChanges | undefined {
  const changes: UsageChanges = {}
  for (const uid of before.keys()) if (!after.has(uid)) changes[uid] = null
  for (const [uid, usage] of after) {
    const known = before.get(uid)
    if (known?.cpuMillis !== usage.cpuMillis || known.memoryBytes !== usage.memoryBytes) changes[uid] = usage
  }
  return Object.keys(changes).length > 0 ? changes : undefined
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
    isFinished: row.kind.resource === jobs.resource && isJobFinished((row.object as Job).status),
    isPaused: spec?.paused === true,
    replicas: row.kind.scale?.replicas(row.object),
    bounds: hasUsage(row.kind) ? usageBoundsOf(row) : undefined,
  }
}
