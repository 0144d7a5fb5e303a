import { Panel, ShowMore, Spinner, StateBadge, asTone } from '@quarterdeck/ui'
import { useState } from 'react'

import { KindIcon } from '../console/kind-icon.tsx'
import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'
import type { InspectionState } from './use-inspection.ts'

type Group = NonNullable<InspectionState['related']>[number]

const shownAtFirst = 10

/** What made it, what it made, what it uses and what uses it. */
export function RelatedPanels({ related }: { related: InspectionState['related'] }) {
  if (!related) return <Spinner label="Looking for related objects" />
  return related.map((group) => <RelatedPanel key={group.title} group={group} />)
}

function RelatedPanel({ group }: { group: Group }) {
  const [isWhole, setIsWhole] = useState(false)
  const shown = isWhole ? group.items : group.items.slice(0, shownAtFirst)
  return (
    <Panel
      title={
        <>
          {group.title} <span className="ml-1 font-normal text-muted tabular-nums">{group.total > 1 && group.total.toLocaleString()}</span>
        </>
      }
    >
      <ul className="py-1">
        {shown.map((item) => (
          <li key={`${item.resource}/${item.namespace}/${item.name}`}>
            <Link href={objectHref(item)} className="focus-ring flex items-center gap-2.5 px-4 py-1.5 text-sm hover:bg-hover/60">
              <KindIcon resource={item.resource} className="size-4 shrink-0 text-muted" />
              <span className="min-w-0 flex-1 truncate" title={`${item.kind} ${item.name}`}>
                {item.name}
              </span>
              {item.state && (
                <StateBadge
                  text={item.state.text}
                  tone={asTone(item.state.tone)}
                  reason={item.state.reason}
                  className="max-w-[45%] text-xs text-muted"
                />
              )}
              {item.createdAt && (
                <span className="w-10 shrink-0 text-right text-xs text-muted">
                  <Age time={item.createdAt} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
      <ShowMore count={Math.min(group.items.length, group.total) - shownAtFirst} isWhole={isWhole} onChange={setIsWhole}>
        {isWhole && group.total > group.items.length && `and ${(group.total - group.items.length).toLocaleString()} others`}
      </ShowMore>
    </Panel>
  )
}
