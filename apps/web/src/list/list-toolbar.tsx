import type { KindInfo } from '@quarterdeck/trpc'
import { Button, Input, Menu, MenuCheckItem, MenuLabel, ToneIcon, asTone, buttonClass, cn } from '@quarterdeck/ui'
import { ArchiveRestore, Columns3, Download, X } from 'lucide-react'
import { useEffect, useState } from 'react'

import { columnTitle } from './column-title.ts'
import { Link } from '../console/navigation.tsx'
import { listHref } from '../console/route.ts'
import { BulkActions } from './bulk-actions.tsx'
import type { ListParameters } from './list-parameters.ts'
import type { Selection } from './use-selection.ts'
import type { WindowState } from './use-window.ts'
import { downloadRows } from './download-rows.ts'

export interface ListToolbarProps {
  kind: KindInfo
  window: WindowState | undefined
  parameters: ListParameters
  onChange: (next: Partial<ListParameters>) => void
  visibility: Record<string, boolean>
  onShowColumn: (column: string, isShown: boolean) => void
  /** Whether all rows are of one namespace, and need no column to say so. */
  isOneNamespace: boolean
  selection: Selection
}

/** Heading, counts, filter and columns of a list; while rows are selected, what can be done with them. */
export function ListToolbar({ kind, window, parameters, onChange, visibility, onShowColumn, isOneNamespace, selection }: ListToolbarProps) {
  const columns = [...(kind.isNamespaced && !isOneNamespace ? ['Namespace'] : []), ...kind.columns.map((column) => column.name)]
  return (
    <div className="shrink-0 px-3 pt-3 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h1 className="text-lg font-semibold tracking-tight">{kind.title}</h1>
        <span className="text-sm text-muted tabular-nums" aria-live="polite" aria-atomic>
          {window &&
            (window.matched === window.total
              ? window.total.toLocaleString()
              : `${window.matched.toLocaleString()} of ${window.total.toLocaleString()}`)}
        </span>
        <div className="flex-1" />
        <FilterInput kind={kind} parameters={parameters} onChange={onChange} />
        <Menu
          trigger={
            <Button aria-label="Columns">
              <Columns3 aria-hidden />
              <span className="max-sm:hidden">Columns</span>
            </Button>
          }
        >
          <MenuLabel>Columns</MenuLabel>
          {columns.map((column) => (
            <MenuCheckItem key={column} isChecked={visibility[column] !== false} onChange={(next) => onShowColumn(column, next)}>
              {columnTitle(column)}
            </MenuCheckItem>
          ))}
        </Menu>
        {kind.hasHistory && (
          <Link
            href={listHref(kind.resource, { deleted: '1' })}
            aria-label={`Deleted ${kind.title.toLowerCase()}`}
            title={`Deleted ${kind.title.toLowerCase()}`}
            className={cn(buttonClass(), '!px-2')}
          >
            <ArchiveRestore aria-hidden />
          </Link>
        )}
        <Button
          aria-label="Download what is shown as CSV"
          title="Download what is shown as CSV"
          disabled={!window}
          onClick={() => window && downloadRows(kind, window)}
          className="max-sm:hidden !px-2"
        >
          <Download aria-hidden />
        </Button>
      </div>
      <div className="flex min-h-10 items-center gap-1.5 overflow-x-auto py-1.5">
        {selection.rows.length > 0 ? (
          <BulkActions kind={kind} selection={selection} />
        ) : (
          <StateChips window={window} parameters={parameters} onChange={onChange} />
        )}
      </div>
    </div>
  )
}

const settleMs = 150

function FilterInput({ kind, parameters, onChange }: Pick<ListToolbarProps, 'kind' | 'parameters' | 'onChange'>) {
  const [text, setText] = useState(parameters.labelSelector || parameters.search)
  useEffect(() => {
    const timer = setTimeout(() => {
      const isSelector = /[=!]|\s(in|notin)\s*\(/.test(text)
      const next = isSelector ? { labelSelector: text.trim(), search: '' } : { search: text.trim(), labelSelector: '' }
      if (next.search !== parameters.search || next.labelSelector !== parameters.labelSelector) onChange(next)
    }, settleMs)
    return () => clearTimeout(timer)
    // Only what is typed sets off a change; the address follows.
  }, [text])
  useEffect(() => {
    if (!parameters.search && !parameters.labelSelector) setText('')
  }, [parameters.search, parameters.labelSelector])
  return (
    <div className="relative w-full max-sm:order-last sm:w-72">
      <Input
        data-filter
        type="search"
        value={text}
        placeholder="Filter: words, or app=web"
        aria-label={`Filter ${kind.title} by words or by a label selector`}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
    </div>
  )
}

/** How many there are of each state; choosing one filters. */
function StateChips({ window, parameters, onChange }: Pick<ListToolbarProps, 'window' | 'parameters' | 'onChange'>) {
  const chosen = parameters.states
  const known = window?.states ?? []
  const missing = chosen.filter((text) => !known.some((state) => state.text === text)).map((text) => ({ text, tone: 'neutral', count: 0 }))
  const toggle = (text: string): void =>
    onChange({ states: chosen.includes(text) ? chosen.filter((other) => other !== text) : [...chosen, text] })
  return (
    <>
      {[...known, ...missing].map(({ text, tone, count }) => (
        <button
          key={text}
          type="button"
          aria-pressed={chosen.includes(text)}
          onClick={() => toggle(text)}
          className={cn(
            'focus-ring inline-flex h-7 shrink-0 cursor-pointer items-center gap-1.5 rounded-full border px-2.5 text-xs',
            chosen.includes(text) ? 'border-accent bg-selected' : 'border-line bg-surface hover:bg-hover',
          )}
        >
          <ToneIcon tone={asTone(tone)} />
          {text}
          <span className="text-muted tabular-nums">{count.toLocaleString()}</span>
        </button>
      ))}
      {chosen.length > 0 && (
        <Button size="small" look="quiet" onClick={() => onChange({ states: [] })}>
          <X aria-hidden /> All states
        </Button>
      )}
    </>
  )
}
