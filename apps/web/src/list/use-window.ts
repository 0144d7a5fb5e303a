import type { KindInfo, RowData, WindowMessage } from '@quarterdeck/trpc'
import { useRef, useState } from 'react'

import { api, type ApiError } from '../api/trpc.ts'
import { useLive } from '../api/use-live.ts'

/** What a list asks for. */
export interface ListQuery {
  namespaces: readonly string[]
  search: string
  labelSelector: string
  states: readonly string[]
  sort: { column: string; descending: boolean }
}

export interface WindowState {
  /** Index of the first row that is here. */
  offset: number
  rows: readonly RowData[]
  total: number
  matched: number
  states: readonly { text: string; tone: string; count: number }[]
  /** What rows use now, by uid; those of which nothing is known are not in it. */
  usage: UsageByRow
}

export type UsageByRow = Readonly<Record<string, { cpuMillis: number; memoryBytes: number } | undefined>>

export interface WindowResult {
  /** Undefined until the first answer. */
  window: WindowState | undefined
  /** Whether what is shown answers an older query than the present one. */
  isStale: boolean
  error: ApiError | undefined
}

/** Follows the rows around what is visible. While another part or order is on its way, the present one stays. */
export function useWindow(kind: KindInfo, query: ListQuery, range: { offset: number; limit: number }): WindowResult {
  const [state, setState] = useState<{ window: WindowState; queryKey: string }>()
  const queryKey = JSON.stringify([kind.resource, query])
  const key = JSON.stringify([queryKey, range])
  const latestKey = useRef(queryKey)
  latestKey.current = queryKey
  const error = useLive<WindowMessage>(
    key,
    (handlers) =>
      api.objects.window.subscribe(
        {
          apiVersion: kind.apiVersion,
          plural: kind.plural,
          query: { ...query, namespaces: kind.isNamespaced ? [...query.namespaces] : [], states: [...query.states] },
          ...range,
        },
        handlers,
      ),
    (message) => setState((before) => ({ window: take(before?.window, message), queryKey: latestKey.current })),
  )
  return { window: state?.window, isStale: state !== undefined && state.queryKey !== queryKey, error }
}

/** The window after a message. */
export function take(before: WindowState | undefined, message: WindowMessage): WindowState {
  const { total, matched, states } = message
  if (message.type === 'window') return { offset: message.offset, rows: message.rows, total, matched, states, usage: known(message.usage) }
  const changed = new Map(message.rows.map((row) => [row.id, row]))
  const present = new Map((before?.rows ?? []).map((row) => [row.id, row]))
  const ids = message.ids ?? (before?.rows ?? []).map((row) => row.id)
  const rows = ids.flatMap((id) => changed.get(id) ?? present.get(id) ?? [])
  const usage = message.usage ? { ...before?.usage, ...known(message.usage) } : (before?.usage ?? {})
  return { offset: before?.offset ?? 0, rows, total, matched, states, usage }
}

function known(changes: WindowMessage['usage']): UsageByRow {
  return Object.fromEntries(Object.entries(changes ?? {}).map(([uid, usage]) => [uid, usage ?? undefined]))
}
