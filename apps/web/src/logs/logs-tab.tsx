import type { KindInfo, LogBatch } from '@quarterdeck/trpc'
import { Button, EmptyState, Input, Select, Spinner, cn } from '@quarterdeck/ui'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDownToLine, Clock3, Download, ScrollText, WrapText } from 'lucide-react'
import { useEffect, useMemo, useReducer, useRef, useState } from 'react'

import { api } from '../api/trpc.ts'
import { useLive } from '../api/use-live.ts'
import { downloadText } from '../console/download-text.ts'
import type { AnyObject } from '../detail/any-object.ts'
import type { InspectionState } from '../detail/use-inspection.ts'
import { emptyLog, takeBatch, type ShownLine } from './log-buffer.ts'
import { LogRow } from './log-row.tsx'

export interface LogsTabProps {
  kind: KindInfo
  object: AnyObject
  related: NonNullable<InspectionState['related']>
}

/** The log of a pod, or of all pods of a workload together, as it is written. */
export function LogsTab({ kind, object, related }: LogsTabProps) {
  const [container, setContainer] = useState('')
  const [pod, setPod] = useState('')
  const [isPrevious, setIsPrevious] = useState(false)
  const [tailLines, setTailLines] = useState(500)
  const [isFollowing, setIsFollowing] = useState(true)
  const [isWrapped, setIsWrapped] = useState(true)
  const [hasTimes, setHasTimes] = useState(false)
  const [search, setSearch] = useState('')
  const [onlyMatches, setOnlyMatches] = useState(true)
  const [log, dispatch] = useReducer(
    (before: typeof emptyLog, batch: LogBatch | 'clear') => (batch === 'clear' ? emptyLog : takeBatch(before, batch)),
    emptyLog,
  )

  const { namespace = '', name } = object.metadata
  const request = {
    apiVersion: kind.apiVersion,
    plural: kind.plural,
    namespace,
    name,
    container,
    previous: isPrevious,
    tailLines,
    pods: pod ? [pod] : [],
  }
  const key = JSON.stringify(request)
  useEffect(() => dispatch('clear'), [key])
  const error = useLive<{ id: string; data: LogBatch }>(
    key,
    (handlers) => api.logs.stream.subscribe(request, handlers),
    ({ data }) => dispatch(data),
  )

  const podSpec = object.spec?.containers ? object.spec : object.spec?.template?.spec
  const containers = [...(podSpec?.initContainers ?? []), ...(podSpec?.containers ?? [])].map((c) => c.name)
  const pods = useMemo(
    () =>
      related
        .flatMap((group) => group.items)
        .filter((item) => item.resource === 'pods')
        .map((item) => item.name),
    [related],
  )
  const needle = search.trim().toLowerCase()
  const matches = useMemo(() => (needle ? log.lines.filter((line) => line.text.toLowerCase().includes(needle)) : log.lines), [log, needle])
  const shown = needle && onlyMatches ? matches : log.lines
  const isWorkload = kind.resource !== 'pods'

  const save = (): void => {
    const text = log.lines.map((line) => `${line.time} ${isWorkload ? `${line.pod} ` : ''}${line.container} ${line.text}`).join('\n')
    downloadText(`${name}.log`, `${text}\n`)
  }

  return (
    <div className="flex h-full min-h-80 flex-col">
      <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5 sm:px-5">
        {isWorkload && (
          <Select label="Pod" value={pod} onChange={(event) => setPod(event.target.value)} className="max-w-44">
            <option value="">All pods</option>
            {pods.map((podName) => (
              <option key={podName}>{podName}</option>
            ))}
          </Select>
        )}
        {containers.length > 1 && (
          <Select label="Container" value={container} onChange={(event) => setContainer(event.target.value)} className="max-w-40">
            <option value="">All containers</option>
            {containers.map((containerName) => (
              <option key={containerName}>{containerName}</option>
            ))}
          </Select>
        )}
        <Select label="How far back" value={tailLines} onChange={(event) => setTailLines(Number(event.target.value))}>
          {[100, 500, 2000, 10_000].map((count) => (
            <option key={count} value={count}>
              Last {count.toLocaleString()} lines
            </option>
          ))}
        </Select>
        <Input
          data-filter
          type="search"
          placeholder="Search the log"
          aria-label="Search the log"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="!w-auto min-w-32 flex-1 sm:max-w-64"
        />
        {needle && (
          <label className="flex items-center gap-1.5 text-xs text-muted">
            <input
              type="checkbox"
              checked={onlyMatches}
              onChange={(event) => setOnlyMatches(event.target.checked)}
              className="accent-[var(--accent)]"
            />
            Only matches ({matches.length.toLocaleString()})
          </label>
        )}
        <div className="ml-auto flex gap-1">
          {!isWorkload && (
            <Toggle isOn={isPrevious} onChange={setIsPrevious} label="Previous run of the container">
              Previous
            </Toggle>
          )}
          <Toggle isOn={hasTimes} onChange={setHasTimes} label="Timestamps">
            <Clock3 aria-hidden />
          </Toggle>
          <Toggle isOn={isWrapped} onChange={setIsWrapped} label="Wrap long lines">
            <WrapText aria-hidden />
          </Toggle>
          <Toggle isOn={isFollowing} onChange={setIsFollowing} label="Follow the end">
            <ArrowDownToLine aria-hidden />
          </Toggle>
          <Button size="small" look="quiet" aria-label="Download" title="Download" onClick={save} disabled={log.lines.length === 0}>
            <Download aria-hidden />
          </Button>
        </div>
      </div>
      {error && (
        <p role="alert" className="border-b border-line px-5 py-2 text-sm text-bad">
          {error.message}
        </p>
      )}
      {log.notices.map((notice) => (
        <p key={notice} className="border-b border-line bg-hover/50 px-3 py-1 text-xs text-muted sm:px-5">
          {notice}
        </p>
      ))}
      <LogLines
        lines={shown}
        needle={needle}
        isFollowing={isFollowing && !isPrevious}
        onFollow={setIsFollowing}
        isWrapped={isWrapped}
        hasTimes={hasTimes}
        hasSource={isWorkload || containers.length > 1}
        isWorkload={isWorkload}
      />
    </div>
  )
}

function Toggle({
  isOn,
  onChange,
  label,
  children,
}: {
  isOn: boolean
  onChange: (next: boolean) => void
  label: string
  children: React.ReactNode
}) {
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

interface LogLinesProps {
  lines: readonly ShownLine[]
  needle: string
  isFollowing: boolean
  onFollow: (next: boolean) => void
  isWrapped: boolean
  hasTimes: boolean
  hasSource: boolean
  isWorkload: boolean
}

const lineHeight = 20
const nearEnd = 40

function LogLines({ lines, needle, isFollowing, onFollow, isWrapped, hasTimes, hasSource, isWorkload }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    overscan: 30,
    getItemKey: (index) => lines[index]!.id,
  })
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtualizer.scrollToIndex(lines.length - 1, { align: 'end' })
  }, [isFollowing, lines, virtualizer])
  useEffect(() => virtualizer.measure(), [isWrapped, virtualizer])

  if (lines.length === 0)
    return needle ? <EmptyState icon={ScrollText} title="No line matches" /> : <Spinner label="Waiting for lines" className="p-5" />
  return (
    <div
      ref={scroller}
      role="log"
      aria-label="Log"
      tabIndex={0}
      className="focus-ring min-h-0 flex-1 overflow-auto bg-surface font-mono text-xs leading-5"
      onWheel={(event) => event.deltaY < 0 && isFollowing && onFollow(false)}
      onKeyDown={(event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && isFollowing && onFollow(false)}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        if (!isFollowing && scrollHeight - scrollTop - clientHeight < 2 && scrollTop > nearEnd) onFollow(true)
      }}
    >
      <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            ref={virtualizer.measureElement}
            data-index={item.index}
            className={cn('absolute top-0 left-0 px-3 sm:px-5', isWrapped ? 'w-full' : 'min-w-full')}
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <LogRow
              line={lines[item.index]!}
              needle={needle}
              isWrapped={isWrapped}
              hasTime={hasTimes}
              hasSource={hasSource}
              isWorkload={isWorkload}
            />
          </div>
        ))}
      </div>
    </div>
  )
}
