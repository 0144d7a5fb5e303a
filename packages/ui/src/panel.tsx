import type { ReactNode } from 'react'

import { cn } from './class-names.ts'

/** A titled part of a page. */
export function Panel({
  title,
  actions,
  children,
  className,
}: {
  title: ReactNode
  actions?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={cn('rounded-lg border border-line bg-surface', className)}>
      <header className="flex min-h-10 items-center gap-2 border-b border-line px-4 py-1.5">
        <h2 className="flex-1 text-sm font-semibold">{title}</h2>
        {actions}
      </header>
      {children}
    </section>
  )
}
