import { CircleAlert, CircleCheck, CircleDashed, CircleMinus, CircleX, type LucideIcon } from 'lucide-react'

import { cn } from './class-names.ts'

export type Tone = 'good' | 'progress' | 'warning' | 'bad' | 'neutral'

/** Each tone has a shape of its own: colour alone never says anything. */
const shapes: Record<Tone, { icon: LucideIcon; className: string; says: string }> = {
  good: { icon: CircleCheck, className: 'text-good', says: 'healthy' },
  progress: { icon: CircleDashed, className: 'text-accent', says: 'in progress' },
  warning: { icon: CircleAlert, className: 'text-warning', says: 'needs attention' },
  bad: { icon: CircleX, className: 'text-bad', says: 'failing' },
  neutral: { icon: CircleMinus, className: 'text-muted', says: '' },
}

export function ToneIcon({ tone, className }: { tone: Tone; className?: string | undefined }) {
  const { icon: Icon, className: colour, says } = shapes[tone]
  return (
    <Icon aria-label={says || undefined} aria-hidden={says ? undefined : true} className={cn('size-3.5 shrink-0', colour, className)} />
  )
}

export interface StateBadgeProps {
  text: string
  tone: Tone
  reason?: string | undefined
  className?: string | undefined
}

/** A state as a shape and a word; why it is so is in its tooltip. */
export function StateBadge({ text, tone, reason, className }: StateBadgeProps) {
  return (
    <span title={reason} className={cn('inline-flex max-w-full min-w-0 items-center gap-1.5 align-middle', className)}>
      <ToneIcon tone={tone} />
      <span className="truncate">{text}</span>
    </span>
  )
}

/** `tone` as it comes over the wire. */
export function asTone(tone: string): Tone {
  return tone in shapes ? (tone as Tone) : 'neutral'
}
