import type { KindInfo } from '@quarterdeck/trpc'
import { cn } from '@quarterdeck/ui'
import { Activity, FlaskConical, ChevronDown, ChevronRight, Gauge } from 'lucide-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'

import { useKinds } from '../api/use-kinds.ts'
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
  const sections = Map.groupBy(
    kinds.filter((kind) => kind.isInNavigation || kind.resource === current),
    (kind) => kind.section,
  )
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
        <NavLink
          href="/control-plane"
          isCurrent={current === 'control-plane'}
          icon={<Activity className="size-4" strokeWidth={1.75} aria-hidden />}
        >
          Control plane
        </NavLink>
        <NavLink
          href="/what-if"
          isCurrent={current === 'what-if'}
          icon={<FlaskConical className="size-4" strokeWidth={1.75} aria-hidden />}
        >
          What if
        </NavLink>
        {[...sections].map(([section, members]) => (
          <SidebarSection key={section} title={section} members={members} current={current} />
        ))}
      </nav>
    </>
  )
}

/** Where the whole name would not fit. */
const shortTitles: Readonly<Record<string, string>> = {
  'horizontalpodautoscalers.autoscaling': 'Autoscalers',
  'poddisruptionbudgets.policy': 'Disruption budgets',
  persistentvolumeclaims: 'Volume claims',
  'resourceclaimtemplates.resource.k8s.io': 'Claim templates',
  'volumeattributesclasses.storage.k8s.io': 'Volume attributes',
  persistentvolumes: 'Volumes',
}

/** The kinds of a section; those that are rarely looked at, when asked for. */
function SidebarSection({ title, members, current }: { title: string; members: readonly KindInfo[]; current: string }) {
  const [isWhole, setIsWhole] = useState(false)
  const usual = members.filter((kind) => !kind.isRare)
  const rare = members.filter((kind) => kind.isRare)
  // The kind one is at is always there.
  const shown = isWhole ? members : [...usual, ...rare.filter((kind) => kind.resource === current)]
  const Chevron = isWhole ? ChevronDown : ChevronRight
  return (
    <div className="mt-4">
      <h2 className="px-2 pb-1 text-xs font-medium text-faint">{title}</h2>
      <ul>
        {shown.map((kind) => (
          <li key={kind.resource}>
            <KindLink kind={kind} isCurrent={current === kind.resource} />
          </li>
        ))}
      </ul>
      {rare.length > 0 && (
        <button
          type="button"
          aria-expanded={isWhole}
          aria-label={isWhole ? `Fewer kinds of ${title}` : `${rare.length} more kinds of ${title}`}
          onClick={() => setIsWhole(!isWhole)}
          className="focus-ring flex w-full cursor-pointer items-center gap-2.5 rounded-md px-2 py-1 text-xs text-faint hover:text-ink"
        >
          <Chevron className="mx-0.5 size-3" aria-hidden />
          {isWhole ? 'Fewer' : `${rare.length} more`}
        </button>
      )}
    </div>
  )
}

function KindLink({ kind, isCurrent }: { kind: KindInfo; isCurrent: boolean }) {
  return (
    <NavLink href={listHref(kind.resource)} isCurrent={isCurrent} icon={<KindIcon resource={kind.resource} className="size-4" />}>
      {shortTitles[kind.resource] ?? kind.title}
    </NavLink>
  )
}

function NavLink({ href, isCurrent, icon, children }: { href: string; isCurrent: boolean; icon: ReactNode; children: ReactNode }) {
  const element = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (isCurrent) element.current?.scrollIntoView({ block: 'nearest' })
  }, [isCurrent])
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
      <span ref={element} className="scroll-my-10 truncate">
        {children}
      </span>
    </Link>
  )
}
