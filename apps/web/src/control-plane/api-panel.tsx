import type { ControlPlane } from '@quarterdeck/trpc'
import { figures, Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { Count } from './count.tsx'
import { latencyText, rateText } from './figure-text.ts'

type Verb = ControlPlane['api']['verbs'][number]

const columns: readonly TableColumn<Verb>[] = [
  { title: 'Verb', cell: ({ verb }) => verb },
  ...figures<Verb>([
    { title: 'Requests/s', description: 'Requests a second', cell: ({ perSecond }) => rateText(perSecond) },
    { title: 'Requests', description: 'Requests since the server started', cell: ({ requests }) => <Count value={requests} /> },
    { title: 'Median', description: 'Time to answer, median', cell: ({ latency }) => latencyText(latency.p50) },
    { title: 'p99', description: 'Time to answer, 99th percentile', cell: ({ latency }) => latencyText(latency.p99) },
  ]),
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
      <Table
        label="Requests by verb"
        empty="None yet. The dashboard itself does not use REST."
        items={verbs}
        keyOf={({ verb }) => verb}
        columns={columns}
      />
    </Panel>
  )
}
