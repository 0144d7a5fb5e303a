import type { Inspection, KindInfo, LogBatch } from '@quarterdeck/trpc'
import { useEffect, useMemo, useReducer, useState } from 'react'

import { api } from '../api/trpc.ts'
import { useLive } from '../api/use-live.ts'
import { downloadText } from '../console/download-text.ts'
import type { AnyObject } from '../detail/any-object.ts'
import { emptyLog, takeBatch, type LogState, type ShownLine } from './log-buffer.ts'
import { LogLines } from './log-lines.tsx'
import { LogToolbar, firstView, type LevelFilter, type LogView } from './log-toolbar.tsx'
import { LogWaits, NoLines } from './log-waits.tsx'

export interface LogsTabProps {
  kind: KindInfo
  object: AnyObject
  related: NonNullable<Inspection['related']>
  events: NonNullable<Inspection['events']>
}

/** The log of a pod, or of all pods of a workload together, as it is written, and what containers wait for that write none. */
export function LogsTab({ kind, object, related, events }: LogsTabProps) {
  const [view, setView] = useState(firstView)
  const { log, error } = useLog(kind, object, view)
  const isWorkload = kind.resource !== 'pods'
  const containers = containersOf(object)
  const pods = useMemo(
    () => related.flatMap(({ items }) => items.filter(({ resource }) => resource === 'pods').map(({ name }) => name)),
    [related],
  )
  const needle = view.search.trim().toLowerCase()
  const ofLevel = useMemo(
    () => (view.level ? log.lines.filter(({ level }) => isAtLeast(level, view.level)) : log.lines),
    [log.lines, view.level],
  )
  const matches = useMemo(() => (needle ? ofLevel.filter(({ plain }) => plain.toLowerCase().includes(needle)) : ofLevel), [ofLevel, needle])
  const shown = view.onlyMatches ? matches : ofLevel
  const change = (changes: Partial<LogView>): void => setView((before) => ({ ...before, ...changes }))
  const save = (): void => {
    const text = log.lines.map((line) => `${line.time} ${isWorkload ? `${line.pod} ` : ''}${line.container} ${line.text}`).join('\n')
    downloadText(`${object.metadata.name}.log`, `${text}\n`)
  }
  return (
    <div className="flex h-full min-h-80 flex-col">
      <LogToolbar
        view={view}
        onChange={change}
        pods={pods}
        containers={containers}
        isWorkload={isWorkload}
        matchCount={matches.length}
        onSave={log.lines.length > 0 ? save : undefined}
      />
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
      {log.waits && log.waits.length > 0 && (
        <LogWaits waits={log.waits} isWorkload={isWorkload} warning={events.find(({ type }) => type === 'Warning')} />
      )}
      {shown.length === 0 ? (
        <NoLines podCount={log.podCount} waits={log.waits} isFiltered={log.lines.length > 0} isWorkload={isWorkload} />
      ) : (
        <LogLines
          lines={shown}
          pods={log.pods}
          needle={needle}
          isFollowing={view.isFollowing && !view.isPrevious}
          onFollow={(isFollowing) => change({ isFollowing })}
          isWrapped={view.isWrapped}
          hasTimes={view.hasTimes}
          hasSource={isWorkload || containers.length > 1}
          isWorkload={isWorkload}
        />
      )}
    </div>
  )
}

/** The log that a view means, begun anew when it means another. */
function useLog(kind: KindInfo, object: AnyObject, view: LogView): { log: LogState; error: { message: string } | undefined } {
  const [log, dispatch] = useReducer(
    (before: LogState, batch: LogBatch | 'clear') => (batch === 'clear' ? emptyLog : takeBatch(before, batch)),
    emptyLog,
  )
  const { namespace = '', name } = object.metadata
  const { container, isPrevious, tailLines, pod } = view
  const { apiVersion, plural } = kind
  const request = { apiVersion, plural, namespace, name, container, previous: isPrevious, tailLines, pods: pod ? [pod] : [] }
  const key = JSON.stringify(request)
  useEffect(() => dispatch('clear'), [key])
  const error = useLive<{ id: string; data: LogBatch }>(
    key,
    (handlers) => api.logs.stream.subscribe(request, handlers),
    ({ data }) => dispatch(data),
  )
  return { log, error }
}

function containersOf({ spec }: AnyObject): string[] {
  const podSpec = spec?.containers ? spec : spec?.template?.spec
  return [...(podSpec?.initContainers ?? []), ...(podSpec?.containers ?? [])].map(({ name }) => name)
}

function isAtLeast(level: ShownLine['level'], least: LevelFilter): boolean {
  return level === 'error' || (level === 'warning' && least === 'warning')
}
