import type { Summary } from '@quarterdeck/trpc'
import { ToneIcon, asTone, cn } from '@quarterdeck/ui'

import { KindIcon } from '../console/kind-icon.tsx'
import { Link } from '../console/navigation.tsx'
import { listHref } from '../console/route.ts'

const fills: Record<string, string> = {
  good: 'bg-good',
  progress: 'bg-accent',
  warning: 'bg-warning-solid',
  bad: 'bg-bad-solid',
  neutral: 'bg-line-strong',
}
const order = ['bad', 'warning', 'progress', 'good', 'neutral']
const names: Record<string, string> = { 'deployments.apps': 'Deployments', pods: 'Pods', nodes: 'Nodes' }

/** How many there are of a kind and how they are; every number leads to what it counts. */
export function TallyCard({ tally }: { tally: Summary['tallies'][number] }) {
  const states = tally.states.toSorted((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone) || b.count - a.count)
  return (
    <section className="rounded-lg border border-line bg-surface p-4">
      <Link href={listHref(tally.resource)} className="focus-ring flex items-baseline gap-2 rounded hover:text-accent">
        <KindIcon resource={tally.resource} className="size-4 self-center text-muted" />
        <h2 className="flex-1 text-sm font-semibold">{names[tally.resource] ?? tally.kind}</h2>
        <span className="text-2xl font-semibold tracking-tight tabular-nums">{tally.total.toLocaleString()}</span>
      </Link>
      <div className="mt-3 flex h-1.5 gap-0.5 overflow-hidden rounded-full bg-hover" aria-hidden>
        {states.map((state) => (
          <div key={state.text} className={cn('h-full min-w-1', fills[state.tone])} style={{ flexGrow: state.count }} />
        ))}
      </div>
      <ul className="mt-3 flex flex-wrap gap-x-4 gap-y-1">
        {states.slice(0, 8).map((state) => (
          <li key={state.text}>
            <Link
              href={listHref(tally.resource, { state: state.text })}
              className="focus-ring inline-flex items-center gap-1.5 rounded text-xs text-muted hover:text-ink hover:underline"
            >
              <ToneIcon tone={asTone(state.tone)} />
              {state.text} <span className="text-ink tabular-nums">{state.count.toLocaleString()}</span>
            </Link>
          </li>
        ))}
        {states.length === 0 && <li className="text-xs text-muted">None yet</li>}
      </ul>
    </section>
  )
}
