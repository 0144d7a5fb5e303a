import type { NodeUse } from '@quarterdeck/trpc'
import { Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { bytesText, coresText } from '../console/units.ts'

const fewest = 12
const states: Readonly<Record<NodeUse['state'], string>> = { stays: '', new: 'new', gone: 'gone', cordoned: 'cordoned' }

const columns: readonly TableColumn<NodeUse>[] = [
  {
    title: 'Node',
    cell: ({ node, state }) => (
      <>
        <Link href={objectHref({ resource: 'nodes', name: node })} className="hover:text-accent hover:underline">
          {node}
        </Link>
        {states[state] && <span className="ml-2 text-xs font-normal text-muted">{states[state]}</span>}
      </>
    ),
  },
  use('CPU', 'milliCpu', coresText),
  use('Memory', 'memoryBytes', bytesText),
  use('Pods', 'pods', String),
]

function use(title: string, amount: keyof NodeUse['after'], text: (amount: number) => string): TableColumn<NodeUse> {
  return {
    title,
    holds: 'long text',
    cell: ({ node, before, after, allocatable }) => (
      <BeforeAfter label={`${title} of ${node}`} before={before[amount]} after={after[amount]} max={allocatable[amount]} text={text} />
    ),
  }
}

/** What is asked for on the nodes that change, before and after, each on one scale. */
export function NodeUseTable({ nodes }: { nodes: readonly NodeUse[] }) {
  if (nodes.length === 0) return undefined
  return (
    <Panel title={`Requested on nodes that change (${nodes.length.toLocaleString()})`}>
      <Table label="Use of nodes" items={nodes} keyOf={({ node }) => node} columns={columns} shownAtFirst={fewest} />
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
