import type { ControlPlane } from '@quarterdeck/trpc'
import { Panel } from '@quarterdeck/ui'

import { Count, FigureTable, type FigureColumn } from './figure-table.tsx'
import { latencyText, rateText } from './figure-text.ts'

type Verb = ControlPlane['api']['verbs'][number]

const columns: readonly FigureColumn<Verb>[] = [
  { title: 'Requests/s', description: 'Requests a second', cell: ({ perSecond }) => rateText(perSecond) },
  { title: 'Requests', description: 'Requests since the server started', cell: ({ requests }) => <Count value={requests} /> },
  { title: 'Median', description: 'Time to answer, median', cell: ({ latency }) => latencyText(latency.p50) },
  { title: 'p99', description: 'Time to answer, 99th percentile', cell: ({ latency }) => latencyText(latency.p99) },
]

/** REST requests of this API server, by verb. */
export function ApiPanel({ api: { verbs, failures } }: { api: ControlPlane['api'] }) {
  return (
    <Panel
      title="REST requests of this API server"
      actions={
        <span className="text-xs text-muted tabular-nums">
          {failures === 0 ? 'none failed' : `${failures.toLocaleString()} failed (5xx)`}
        </span>
      }
    >
      {verbs.length === 0 ? (
        <p className="px-4 py-3 text-sm text-muted">None yet. The dashboard itself does not use REST.</p>
      ) : (
        <FigureTable label="Requests by verb" what="Verb" items={verbs} nameOf={({ verb }) => verb} columns={columns} />
      )}
    </Panel>
  )
}
