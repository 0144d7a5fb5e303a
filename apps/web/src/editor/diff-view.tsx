import { cn } from '@quarterdeck/ui'
import { structuredPatch } from 'diff'
import { useMemo } from 'react'

const contextLines = 3
const marks: Record<string, { name: string; className: string }> = {
  '+': { name: 'added', className: 'bg-added' },
  '-': { name: 'removed', className: 'bg-removed' },
  ' ': { name: '', className: '' },
}

/** What changes between two texts, with a little of what stays. */
export function DiffView({ before, after, label }: { before: string; after: string; label: string }) {
  const hunks = useMemo(() => structuredPatch('', '', before, after, '', '', { context: contextLines }).hunks, [before, after])
  if (hunks.length === 0) return <p className="px-4 py-3 text-sm text-muted">Nothing changes.</p>
  return (
    <div role="region" aria-label={label} tabIndex={0} className="focus-ring overflow-x-auto font-mono text-xs leading-5">
      {hunks.map((hunk) => (
        <div key={`${hunk.oldStart}-${hunk.newStart}`} className="min-w-fit border-line not-first:border-t not-first:border-dashed">
          {numbered(hunk).map(({ key, sign, text, number }) => (
            <div key={key} className={cn('flex', marks[sign]?.className)}>
              <span aria-hidden className="w-12 shrink-0 pr-2 text-right text-faint select-none">
                {number}
              </span>
              <span className={cn('w-4 shrink-0 select-none', sign === '+' ? 'text-good' : 'text-bad')}>
                <span aria-hidden>{sign}</span>
                {marks[sign]?.name && <span className="sr-only">{marks[sign].name}: </span>}
              </span>
              <span className="pr-4 whitespace-pre">{text}</span>
            </div>
          ))}
        </div>
      ))}
    </div>
  )
}

interface NumberedLine {
  key: string
  sign: string
  text: string
  number: number
}

function numbered(hunk: { oldStart: number; newStart: number; lines: string[] }): NumberedLine[] {
  let old = hunk.oldStart
  let next = hunk.newStart
  const lines: NumberedLine[] = []
  for (const line of hunk.lines) {
    const sign = line[0] ?? ' '
    if (sign === '\\') continue
    const number = sign === '-' ? old : next
    lines.push({ key: `${sign}${number}`, sign, text: line.slice(1), number })
    if (sign !== '+') old++
    if (sign !== '-') next++
  }
  return lines
}
