import { Panel, ShowMore } from '@quarterdeck/ui'
import { useState, type ReactNode } from 'react'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

interface Named {
  namespace: string
  name: string
  owner?: string | undefined
}

export interface AnswerListProps<T extends Named> {
  title: string
  items: readonly T[]
  /** There may be more than `items`. */
  total: number
  /** What is said of one. */
  children: (item: T) => ReactNode
}

const fewest = 10

/** Pods of an answer, by what they belong to. Nothing where there are none. */
export function AnswerList<T extends Named>({ title, items, total, children }: AnswerListProps<T>) {
  const [isWhole, setIsWhole] = useState(false)
  if (items.length === 0) return undefined
  const shown = isWhole ? items : items.slice(0, fewest)
  const groups = Map.groupBy(shown, ({ owner = '' }) => owner)
  return (
    <Panel title={`${title} (${total.toLocaleString()})`}>
      {[...groups].map(([owner, pods]) => (
        <div key={owner} className="border-b border-line/70 last:border-b-0">
          {owner && <p className="px-4 pt-2 text-xs text-muted">{owner}</p>}
          <ul aria-label={owner ? `${title}: ${owner}` : title}>
            {pods.map((pod) => (
              <li
                key={`${pod.namespace}/${pod.name}`}
                className="grid gap-x-4 px-4 py-1.5 text-sm sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]"
              >
                <Link
                  href={objectHref({ resource: 'pods', ...pod })}
                  className="min-w-0 truncate font-mono text-xs leading-5 hover:text-accent hover:underline"
                >
                  <span className="text-muted">{pod.namespace}/</span>
                  {pod.name}
                </Link>
                <span className="min-w-0 break-words">{children(pod)}</span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <ShowMore count={items.length - fewest} isWhole={isWhole} onChange={setIsWhole}>
        {isWhole && total > items.length && `The first ${items.length.toLocaleString()} of ${total.toLocaleString()}.`}
      </ShowMore>
    </Panel>
  )
}
