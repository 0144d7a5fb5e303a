import type { Inspection, LogWait } from '@quarterdeck/trpc'
import { EmptyState, Spinner, ToneIcon, asTone } from '@quarterdeck/ui'
import { ScrollText } from 'lucide-react'

type Warning = NonNullable<Inspection['events']>[number]

export interface LogWaitsProps {
  waits: readonly LogWait[]
  isWorkload: boolean
  /** The latest warning about the object itself: a volume that can’t be mounted is told by nothing else. */
  warning: Warning | undefined
}

const shownAtOnce = 6

/** Containers whose log has not begun, or has stopped, and what each waits for. */
export function LogWaits({ waits, isWorkload, warning }: LogWaitsProps) {
  const isInCreation = waits.some(({ state }) => state.tone === 'progress')
  const places = groupedByCause(waits)
  return (
    <ul
      aria-label="Waiting containers"
      aria-live="polite"
      className="max-h-48 shrink-0 overflow-y-auto border-b border-line bg-hover/40 py-1 text-sm"
    >
      {places.slice(0, shownAtOnce).map(({ state, names }) => (
        <li key={names.join()} title={state.detail} className="flex gap-2 px-3 py-1 sm:px-5">
          <ToneIcon tone={asTone(state.tone)} className="mt-[3px]" />
          <div className="min-w-0 break-words">
            <span className="font-medium">{state.text}</span> {state.reason && <span>{state.reason}</span>}{' '}
            <span className="text-xs text-muted">
              {isWorkload ? names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} others` : '') : names[0]}
            </span>
          </div>
        </li>
      ))}
      {isInCreation && warning && (
        <li className="flex gap-2 px-3 py-1 sm:px-5">
          <ToneIcon tone="warning" className="mt-[3px]" />
          <div className="min-w-0 break-words">
            <span className="font-medium">{warning.reason}</span> {warning.message}
          </div>
        </li>
      )}
    </ul>
  )
}

/** What waits for the same is said once. */
function groupedByCause(waits: readonly LogWait[]): { state: LogWait['state']; names: string[] }[] {
  const groups = Map.groupBy(waits, ({ state }) => JSON.stringify([state.text, state.reason]))
  return [...groups.values()].map((group) => ({ state: group[0]!.state, names: group.map(({ pod, container }) => `${pod} ${container}`) }))
}

export interface NoLinesProps {
  podCount: number | undefined
  waits: readonly LogWait[] | undefined
  isFiltered: boolean
  isWorkload: boolean
}

/** What stands where there are no lines. */
export function NoLines({ podCount, waits, isFiltered, isWorkload }: NoLinesProps) {
  if (isFiltered) return <EmptyState icon={ScrollText} title="No line matches" />
  if (podCount === undefined || waits === undefined) return <Spinner label="Opening the log" className="p-5" />
  if (podCount === 0)
    return (
      <EmptyState icon={ScrollText} title={isWorkload ? 'It has no pods' : 'The pod is gone'}>
        <p>{isWorkload ? 'Their logs are shown here as soon as there are some.' : 'Its log went with it.'}</p>
      </EmptyState>
    )
  return (
    <EmptyState icon={ScrollText} title={waits.length > 0 ? 'The log begins when a container starts' : 'Nothing has been written yet'}>
      <p>It is shown here by itself.</p>
    </EmptyState>
  )
}
