import { cn } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

import { plainText } from './plain-text.ts'
import type { ShownLine } from './log-buffer.ts'

export interface LogRowProps {
  line: ShownLine
  needle: string
  isWrapped: boolean
  hasTime: boolean
  hasSource: boolean
  isWorkload: boolean
}

const hues = [210, 150, 40, 300, 95, 260, 15, 180]

/** One line. In a merged log each container has a colour, beside its name. */
export function LogRow({ line, needle, isWrapped, hasTime, hasSource, isWorkload }: LogRowProps) {
  const source = isWorkload ? `${shortPodName(line.pod)}/${line.container}` : line.container
  const text = plainText(line.text)
  return (
    <div className="flex gap-3">
      {hasTime && (
        <time className="shrink-0 text-faint" dateTime={line.time}>
          {line.time.slice(0, 23).replace('T', ' ')}
        </time>
      )}
      {hasSource && (
        <span
          className="w-32 shrink-0 truncate border-l-2 pl-2 text-muted max-sm:w-20"
          style={{ borderColor: `oklch(0.65 0.13 ${hues[hashOf(line.pod + line.container) % hues.length]})` }}
          title={`${line.pod} ${line.container}`}
        >
          {source}
        </span>
      )}
      <span className={cn('min-w-0', isWrapped ? 'break-all whitespace-pre-wrap' : 'whitespace-pre')}>
        {needle ? highlighted(text, needle) : text || ' '}
      </span>
    </div>
  )
}

/** What tells the pods of a workload apart: the end of the name. */
function shortPodName(pod: string): string {
  return pod.split('-').at(-1) ?? pod
}

function hashOf(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + (text.codePointAt(index) ?? 0)) >>> 0
  return hash
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
