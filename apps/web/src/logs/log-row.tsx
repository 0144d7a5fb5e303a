import { cn } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

import type { ShownLine } from './log-buffer.ts'
import type { LogLevel } from './log-level.ts'

export interface LogRowProps {
  line: ShownLine
  /** Of the pods that were seen, this is the pod of the line. */
  podNumber: number
  needle: string
  isWrapped: boolean
  hasTime: boolean
  hasSource: boolean
  isWorkload: boolean
}

/** A letter as well as a colour; what is as usual has neither. */
const marks: Readonly<Record<LogLevel, { letter: string; name: string; mark: string; text: string }>> = {
  error: { letter: 'E', name: 'error', mark: 'text-bad font-semibold', text: 'text-bad' },
  warning: { letter: 'W', name: 'warning', mark: 'text-warning font-semibold', text: 'text-warning' },
  info: { letter: '', name: '', mark: '', text: '' },
  debug: { letter: 'D', name: 'debug', mark: 'text-muted', text: 'text-muted' },
}
const unmarked = marks.info

/** One line. In a merged log each pod has a colour, beside its name. */
export function LogRow({ line, podNumber, needle, isWrapped, hasTime, hasSource, isWorkload }: LogRowProps) {
  const source = isWorkload ? `${shortPodName(line.pod)}/${line.container}` : line.container
  const { letter, name, mark, text } = line.level ? marks[line.level] : unmarked
  return (
    <div className="flex gap-3">
      {hasTime && (
        <time className="shrink-0 text-faint" dateTime={line.time}>
          {line.time.slice(0, 23).replace('T', ' ')}
        </time>
      )}
      {hasSource && (
        <span
          className="w-32 shrink-0 truncate border-l-[3px] pl-2 text-muted max-sm:w-20"
          style={{ borderColor: colourOf(podNumber) }}
          title={`${line.pod} ${line.container}`}
        >
          {source}
        </span>
      )}
      <span className={cn('-mr-2 w-[1ch] shrink-0 select-none', mark)} title={name || undefined} aria-label={name || undefined}>
        {letter}
      </span>
      <span className={cn('min-w-0', text, isWrapped ? 'break-all whitespace-pre-wrap' : 'whitespace-pre')}>
        {needle ? highlighted(line.plain, needle) : line.plain || ' '}
      </span>
    </div>
  )
}

/** Colours next to each other in time are far from each other on the wheel, however many there are. */
function colourOf(podNumber: number): string {
  const goldenAngle = 137.508
  return `oklch(0.65 0.14 ${Math.round(230 + podNumber * goldenAngle) % 360})`
}

/** What tells the pods of a workload apart: the end of the name. */
function shortPodName(pod: string): string {
  return pod.split('-').at(-1) ?? pod
}

function highlighted(text: string, needle: string): ReactNode {
  const parts: ReactNode[] = []
  const lower = text.toLowerCase()
  let from = 0
  for (let at = lower.indexOf(needle); at >= 0; at = lower.indexOf(needle, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className="rounded-sm bg-warning-solid/40 text-ink">
        {text.slice(at, at + needle.length)}
      </mark>,
    )
    from = at + needle.length
  }
  parts.push(text.slice(from))
  return parts
}
