import type { KindInfo } from '@quarterdeck/trpc'
import { cn } from '@quarterdeck/ui'
import { Gauge } from 'lucide-react'
import type { ReactNode } from 'react'

import { pluralOf, useKinds } from '../api/use-kinds.ts'
import { KindIcon } from './kind-icon.tsx'
import { Link } from './navigation.tsx'
import { listHref, routeOf } from './route.ts'

export interface SidebarProps {
  isOpen: boolean
  onClose: () => void
  path: string
}

/** Every kind, grouped. On small screens it slides over the page. */
export function Sidebar({ isOpen, onClose, path }: SidebarProps) {
  const { kinds } = useKinds()
  const route = routeOf(path)
  const current = route.page === 'list' || route.page === 'detail' ? route.resource : route.page
  const sections = Map.groupBy(kinds, (kind) => kind.section)
  return (
    <>
      {isOpen && (
        <button type="button" aria-label="Close the navigation" className="absolute inset-0 z-20 bg-black/40 lg:hidden" onClick={onClose} />
      )}
      <nav
        aria-label="Kinds"
        className={cn(
          'z-30 w-56 shrink-0 overflow-y-auto border-r border-line bg-surface px-2 py-3 max-lg:absolute max-lg:inset-y-0 max-lg:left-0 max-lg:shadow-pop',
          !isOpen && 'max-lg:hidden',
        )}
      >
        <NavLink href="/" isCurrent={current === 'overview'} icon={<Gauge className="size-4" strokeWidth={1.75} aria-hidden />}>
          Overview
        </NavLink>
        {[...sections].map(([section, members]) => (
          <div key={section} className="mt-4">
            <h2 className="px-2 pb-1 text-xs font-medium text-faint">{section}</h2>
            <ul>
              {members.map((kind) => (
                <li key={kind.resource}>
                  <KindLink kind={kind} isCurrent={current === kind.resource} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
    </>
  )
}

function KindLink({ kind, isCurrent }: { kind: KindInfo; isCurrent: boolean }) {
  return (
    <NavLink href={listHref(kind.resource)} isCurrent={isCurrent} icon={<KindIcon resource={kind.resource} className="size-4" />}>
      {pluralOf(kind)}
    </NavLink>
  )
}

function NavLink({ href, isCurrent, icon, children }: { href: string; isCurrent: boolean; icon: ReactNode; children: ReactNode }) {
  return (
    <Link
      href={href}
      aria-current={isCurrent ? 'page' : undefined}
      className={cn(
        'focus-ring flex items-center gap-2.5 rounded-md px-2 py-1.5 text-sm',
        isCurrent ? 'bg-selected font-medium text-ink [&_svg]:text-accent' : 'text-muted hover:bg-hover hover:text-ink',
      )}
    >
      {icon}
      <span className="truncate">{children}</span>
    </Link>
  )
}
