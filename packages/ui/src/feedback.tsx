import { LoaderCircle, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

import { cn } from './class-names.ts'

export function Spinner({ label = 'Loading', className }: { label?: string; className?: string }) {
  return (
    <span role="status" className={cn('inline-flex items-center gap-2 text-sm text-muted', className)}>
      <LoaderCircle className="size-4 motion-safe:animate-spin" aria-hidden />
      {label}
    </span>
  )
}

export interface EmptyStateProps {
  icon: LucideIcon
  title: string
  /** What to do next. */
  children?: ReactNode
  className?: string
}

/** What stands where there is nothing, and says what to do next. */
export function EmptyState({ icon: Icon, title, children, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center gap-3 px-6 py-14 text-center', className)}>
      <Icon className="size-8 text-faint" aria-hidden strokeWidth={1.5} />
      <p className="font-medium">{title}</p>
      {children && <div className="flex max-w-md flex-col items-center gap-3 text-sm text-muted">{children}</div>}
    </div>
  )
}

/** Something that went wrong, in place. */
export function Problem({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div role="alert" className="rounded-md border border-bad/40 bg-bad-soft px-4 py-3 text-sm">
      <p className="font-medium text-bad">{title}</p>
      {children && <div className="mt-1 break-words">{children}</div>}
    </div>
  )
}

export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="rounded border border-line-strong bg-surface px-1.5 font-mono text-[0.6875rem] leading-5 text-muted">{children}</kbd>
  )
}
