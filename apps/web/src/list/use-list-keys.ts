import type { KindInfo, RowData } from '@quarterdeck/trpc'
import type { KeyboardEvent } from 'react'

import { useActions } from '../actions/actions-provider.tsx'
import { targetOf } from '../actions/target.ts'
import { navigate } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import type { Selection } from './use-selection.ts'

export interface ListKeysOptions {
  kind: KindInfo
  count: number
  focused: number
  rowAt: (index: number) => RowData | undefined
  selection: Selection
  focus: (index: number) => void
}

const pageSize = 15

/** The keys of a list, for the row that has the focus. */
export function useListKeys({
  kind,
  count,
  focused,
  rowAt,
  selection,
  focus,
}: ListKeysOptions): (event: KeyboardEvent<HTMLElement>) => void {
  const actions = useActions()
  const moves: Record<string, number> = {
    ArrowDown: focused + 1,
    j: focused + 1,
    ArrowUp: focused - 1,
    k: focused - 1,
    PageDown: focused + pageSize,
    PageUp: focused - pageSize,
    Home: 0,
    End: count - 1,
  }
  return (event) => {
    const target = event.target as HTMLElement
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || target.closest('[role="menu"]')) return
    if (target.tagName === 'BUTTON' && (event.key === 'Enter' || event.key === ' ')) return
    const row = rowAt(focused)
    const next = moves[event.key]
    const act = actionOf(event.key)
    if (next === undefined && !act) return
    event.preventDefault()
    if (next !== undefined) focus(Math.max(0, Math.min(count - 1, next)))
    else act?.()

    function actionOf(key: string): (() => void) | undefined {
      if (key === 'Escape') return selection.clear
      if (!row) return undefined
      switch (key) {
        case 'Enter':
          return () => navigate(objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name }))
        case 'x':
        case ' ':
          return () => selection.toggle(row)
        case 'l':
          return kind.hasLogs
            ? () => navigate(objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name }, 'logs'))
            : undefined
        case 'm':
        case 'ContextMenu':
          return () => openMenu(event.currentTarget, focused)
        case 'e':
          return () => navigate(objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name }, 'yaml'))
        case 'Delete':
          return kind.canDelete
            ? () =>
                actions.remove(
                  kind,
                  selection.rows.length > 0 ? selection.rows.map((r) => targetOf(kind, r)) : [targetOf(kind, row)],
                  selection.clear,
                )
            : undefined
        default:
          return undefined
      }
    }
  }
}

/** Opens the menu of a row as its button does when it is pressed by key. */
function openMenu(grid: HTMLElement, index: number): void {
  const button = grid.querySelector<HTMLElement>(`[data-index="${index}"] [aria-haspopup="menu"]`)
  button?.focus()
  button?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
}
