import type { SchedulingExplanation } from '@quarterdeck/trpc'
import { figures, Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

type Placed = Extract<SchedulingExplanation, { state: 'placed' }>
type NodeScore = Placed['nodes'][number]

/** What the plugins that most clusters have look at. */
const shortNames: Readonly<Record<string, string>> = {
  NodeResourcesFit: 'Resources',
  NodeResourcesBalancedAllocation: 'Balance',
  PodTopologySpread: 'Spread',
  InterPodAffinity: 'Pod affinity',
  NodeAffinity: 'Node affinity',
  TaintToleration: 'Taints',
  ImageLocality: 'Images',
}

const round = (value: number): string => String(Math.round(value * 10) / 10)

/** How the node of a pod compares with the others. */
export function PlacedPanel({ explanation }: { explanation: Placed }) {
  const { node, nodes, nodeCount, feasible, rejected, place, isFeasible } = explanation
  const plugins = nodes[0]?.scores ?? []
  const columns: TableColumn<NodeScore>[] = [
    {
      title: 'Node',
      cell: (item) => (
        <Link href={objectHref({ resource: 'nodes', name: item.node })} className="hover:text-accent hover:underline">
          {item.node}
          {item.node === node && <span className="ml-2 text-xs font-normal text-muted">its own</span>}
        </Link>
      ),
    },
    ...figures<NodeScore>([
      {
        title: 'Total',
        description: 'The sum of scores by their weights',
        cell: ({ total }) => <span className="font-medium">{round(total)}</span>,
      },
      ...plugins.map(({ plugin, weight }) => ({
        title: `${shortNames[plugin] ?? plugin}${weight === 1 ? '' : ` × ${weight}`}`,
        description: `Score of ${plugin}, 0 to 100, which counts ${weight} times`,
        cell: ({ scores }: NodeScore) => round(scores.find((score) => score.plugin === plugin)?.score ?? 0),
      })),
    ]),
  ]
  return (
    <Panel title="How its node scores" actions={<span className="text-xs text-muted">as it would be now, without this pod</span>}>
      <p className="px-4 py-2 text-sm">
        {feasible.toLocaleString()} of {nodeCount.toLocaleString()} {nodeCount === 1 ? 'node is' : 'nodes are'} right for it;{' '}
        {isFeasible && place !== undefined
          ? place === 1
            ? 'none is better than its own.'
            : `its own is number ${place}.`
          : 'its own would not be any more.'}
        {rejected.length > 0 && (
          <span className="text-muted">
            {' '}
            {rejected.map(({ plugin, reasons, nodes: count }) => `${count.toLocaleString()} ${reasons.join(', ')} (${plugin})`).join('; ')}
          </span>
        )}
      </p>
      <Table label="Scores" items={nodes} keyOf={(item) => item.node} columns={columns} />
    </Panel>
  )
}
