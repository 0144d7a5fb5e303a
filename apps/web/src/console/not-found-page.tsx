import { buttonClass } from '@quarterdeck/ui'
import { SearchX } from 'lucide-react'
import type { ReactNode } from 'react'

import { Link, useLocation } from './navigation.tsx'
import { useTitle } from './use-title.ts'

/** Of an address that shows nothing: says what is not there, and leads on. */
export function NotFoundPage({ title, children }: { title: string; children: ReactNode }) {
  useTitle('Not found')
  const { path } = useLocation()
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <SearchX className="size-8 text-faint" aria-hidden strokeWidth={1.5} />
      <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
      <p className="max-w-md text-sm text-muted">{children}</p>
      <code className="max-w-full rounded bg-hover px-2 py-1 font-mono text-xs break-all">{path}</code>
      <Link href="/" className={buttonClass()}>
        To the overview
      </Link>
    </div>
  )
}

/** Of a kind that is not served. */
export function UnknownKind({ resource }: { resource: string }) {
  return (
    <NotFoundPage title={`There is no kind “${resource}”`}>
      The server serves no kind of this name. Search with Ctrl K for those it has.
    </NotFoundPage>
  )
}
