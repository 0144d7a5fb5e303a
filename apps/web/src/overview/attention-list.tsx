import type { Summary } from '@quarterdeck/trpc'
import { EmptyState, StateBadge, asTone } from '@quarterdeck/ui'
import { CircleCheckBig, ServerOff } from 'lucide-react'

import { KindIcon } from '../console/kind-icon.tsx'
import { Link } from '../console/navigation.tsx'
import { listHref, objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'

export function AttentionList({ items, total, hasNodes }: { items: Summary['attention']; total: number; hasNodes: boolean }) {
  if (!hasNodes)
    return (
      <EmptyState icon={ServerOff} title="No node is connected" className="!py-10">
        <p>Pods wait until there is one. A node appears as soon as its agent connects.</p>
      </EmptyState>
    )
  if (items.length === 0) return <EmptyState icon={CircleCheckBig} title="Everything is as it should be" className="!py-10" />
  return (
    <>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={`${item.resource}/${item.namespace}/${item.name}/${item.state.text}`}>
            <Link
              href={hrefOf(item)}
              className="focus-ring grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-hover/60"
            >
              <KindIcon resource={item.resource} className="size-4 text-muted" />
              <span className="min-w-0 truncate">
                <span className="font-medium">{item.name}</span>
                {item.count > 1 && (
                  <span className="ml-1.5 rounded-full bg-hover px-1.5 text-xs tabular-nums">×{item.count.toLocaleString()}</span>
                )}{' '}
                <span className="text-xs text-muted">{item.namespace}</span>
              </span>
              <StateBadge text={item.state.text} tone={asTone(item.state.tone)} className="text-xs" />
              <span className="col-start-2 min-w-0 truncate text-xs text-muted">{item.state.reason ?? item.kind}</span>
              <span className="text-right text-xs text-muted">
                <Age time={item.since} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {total > items.length && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          The first {items.length} of {total.toLocaleString()}. The counts above lead to the rest.
        </p>
      )}
    </>
  )
}

/** To the object, or to the list of those that are alike. */
function hrefOf({ resource, namespace, name, state, count }: Summary['attention'][number]): string {
  return count > 1 ? listHref(resource, { q: name, state: state.text }) : objectHref({ resource, namespace, name })
}
