import type { NodeUse } from '@quarterdeck/trpc'
import { Button, Panel } from '@quarterdeck/ui'
import { useState } from 'react'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { bytesText, coresText } from '../console/units.ts'

const fewest = 12
const states: Readonly<Record<NodeUse['state'], string>> = { stays: '', new: 'new', gone: 'gone', cordoned: 'cordoned' }

/** What is asked for on the nodes that change, before and after, each on one scale. */
export function NodeUseTable({ nodes }: { nodes: readonly NodeUse[] }) {
  const [isWhole, setIsWhole] = useState(false)
  if (nodes.length === 0) return undefined
  return (
    <Panel title={`Requested on nodes that change (${nodes.length.toLocaleString()})`}>
      <div className="overflow-x-auto" role="region" aria-label="Use of nodes" tabIndex={0}>
        <table className="w-full min-w-[640px] text-sm">
          <thead>
            <tr className="text-left text-xs text-muted">
              {['Node', 'CPU', 'Memory', 'Pods'].map((title) => (
                <th key={title} scope="col" className="px-4 py-2 font-medium">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(isWhole ? nodes : nodes.slice(0, fewest)).map(({ node, state, allocatable, before, after }) => (
              <tr key={node} className="border-t border-line/70">
                <th scope="row" className="px-4 py-2 text-left align-top font-medium">
                  <Link href={objectHref({ resource: 'nodes', name: node })} className="hover:text-accent hover:underline">
                    {node}
                  </Link>
                  {states[state] && <span className="ml-2 text-xs font-normal text-muted">{states[state]}</span>}
                </th>
                <td className="w-1/4 px-4 py-2">
                  <BeforeAfter
                    label={`CPU of ${node}`}
                    before={before.milliCpu}
                    after={after.milliCpu}
                    max={allocatable.milliCpu}
                    text={coresText}
                  />
                </td>
                <td className="w-1/4 px-4 py-2">
                  <BeforeAfter
                    label={`Memory of ${node}`}
                    before={before.memoryBytes}
                    after={after.memoryBytes}
                    max={allocatable.memoryBytes}
                    text={bytesText}
                  />
                </td>
                <td className="w-1/5 px-4 py-2">
                  <BeforeAfter label={`Pods of ${node}`} before={before.pods} after={after.pods} max={allocatable.pods} text={String} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {nodes.length > fewest && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" look="quiet" onClick={() => setIsWhole(!isWhole)}>
            {isWhole ? 'Show fewer' : `Show ${nodes.length - fewest} more`}
          </Button>
        </div>
      )}
    </Panel>
  )
}

interface BeforeAfterProps {
  label: string
  before: number
  after: number
  max: number
  text: (amount: number) => string
}

/** Two bars over one another: as it is, and as it would be. */
function BeforeAfter({ label, before, after, max, text }: BeforeAfterProps) {
  const width = (amount: number): string => `${max > 0 ? Math.min(100, (amount / max) * 100) : 0}%`
  const words = before === after ? text(after) : `${text(before)} → ${text(after)}`
  return (
    <div role="img" aria-label={`${label}: ${text(before)} before, ${text(after)} after, of ${text(max)}`}>
      <p className="mb-1 text-xs text-muted tabular-nums">
        <span className="text-ink">{words}</span> of {text(max)}
      </p>
      <div className="h-1.5 rounded-full bg-hover" aria-hidden>
        <div className="h-full rounded-full bg-faint" style={{ width: width(before) }} />
      </div>
      <div className="mt-0.5 h-1.5 rounded-full bg-hover" aria-hidden>
        <div className={`h-full rounded-full ${after > max * 0.9 ? 'bg-warning-solid' : 'bg-accent'}`} style={{ width: width(after) }} />
      </div>
    </div>
  )
}
