import { Button, Input, Select, cn } from '@quarterdeck/ui'
import { ArrowDownToLine, Clock3, Download, WrapText } from 'lucide-react'
import type { ReactNode } from 'react'

/** What a reader has chosen to see of a log, and how. */
export interface LogView {
  container: string
  pod: string
  isPrevious: boolean
  tailLines: number
  isFollowing: boolean
  isWrapped: boolean
  hasTimes: boolean
  search: string
  onlyMatches: boolean
  level: LevelFilter
}

export type LevelFilter = '' | 'warning' | 'error'

export const firstView: LogView = {
  container: '',
  pod: '',
  isPrevious: false,
  tailLines: 500,
  isFollowing: true,
  isWrapped: true,
  hasTimes: false,
  search: '',
  onlyMatches: true,
  level: '',
}

export interface LogToolbarProps {
  view: LogView
  onChange: (changes: Partial<LogView>) => void
  pods: readonly string[]
  containers: readonly string[]
  isWorkload: boolean
  /** How many lines fit the search. */
  matchCount: number
  /** Undefined while there is nothing to save. */
  onSave: (() => void) | undefined
}

export function LogToolbar({ view, onChange, pods, containers, isWorkload, matchCount, onSave }: LogToolbarProps) {
  return (
    <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5 sm:px-5">
      {isWorkload && (
        <Select label="Pod" value={view.pod} onChange={(event) => onChange({ pod: event.target.value })} className="max-w-44">
          <option value="">All pods</option>
          {pods.map((podName) => (
            <option key={podName}>{podName}</option>
          ))}
        </Select>
      )}
      {containers.length > 1 && (
        <Select
          label="Container"
          value={view.container}
          onChange={(event) => onChange({ container: event.target.value })}
          className="max-w-40"
        >
          <option value="">All containers</option>
          {containers.map((containerName) => (
            <option key={containerName}>{containerName}</option>
          ))}
        </Select>
      )}
      <Select label="How far back" value={view.tailLines} onChange={(event) => onChange({ tailLines: Number(event.target.value) })}>
        {[100, 500, 2000, 10_000].map((count) => (
          <option key={count} value={count}>
            Last {count.toLocaleString()} lines
          </option>
        ))}
      </Select>
      <Select label="Level" value={view.level} onChange={(event) => onChange({ level: event.target.value as LevelFilter })}>
        <option value="">All levels</option>
        <option value="warning">Warnings and errors</option>
        <option value="error">Errors</option>
      </Select>
      <Input
        data-filter
        type="search"
        placeholder="Search the log"
        aria-label="Search the log"
        value={view.search}
        onChange={(event) => onChange({ search: event.target.value })}
        className="!w-auto min-w-32 flex-1 sm:max-w-64"
      />
      {view.search.trim() && (
        <label className="flex items-center gap-1.5 text-xs text-muted">
          <input
            type="checkbox"
            checked={view.onlyMatches}
            onChange={(event) => onChange({ onlyMatches: event.target.checked })}
            className="accent-[var(--accent)]"
          />
          Only matches ({matchCount.toLocaleString()})
        </label>
      )}
      <div className="ml-auto flex gap-1">
        {!isWorkload && (
          <Toggle isOn={view.isPrevious} onChange={(isPrevious) => onChange({ isPrevious })} label="Previous run of the container">
            Previous
          </Toggle>
        )}
        <Toggle isOn={view.hasTimes} onChange={(hasTimes) => onChange({ hasTimes })} label="Timestamps">
          <Clock3 aria-hidden />
        </Toggle>
        <Toggle isOn={view.isWrapped} onChange={(isWrapped) => onChange({ isWrapped })} label="Wrap long lines">
          <WrapText aria-hidden />
        </Toggle>
        <Toggle isOn={view.isFollowing} onChange={(isFollowing) => onChange({ isFollowing })} label="Follow the end">
          <ArrowDownToLine aria-hidden />
        </Toggle>
        <Button size="small" look="quiet" aria-label="Download" title="Download" onClick={onSave} disabled={!onSave}>
          <Download aria-hidden />
        </Button>
      </div>
    </div>
  )
}

interface ToggleProps {
  isOn: boolean
  onChange: (next: boolean) => void
  label: string
  children: ReactNode
}

function Toggle({ isOn, onChange, label, children }: ToggleProps) {
  return (
    <Button
      size="small"
      look="quiet"
      aria-pressed={isOn}
      aria-label={label}
      title={label}
      onClick={() => onChange(!isOn)}
      className={cn(isOn && '!bg-selected !text-accent')}
    >
      {children}
    </Button>
  )
}
