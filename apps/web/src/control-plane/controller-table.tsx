import type { ControlPlane } from '@quarterdeck/trpc'
import { figures, Table, ToneIcon, type TableColumn, type Tone } from '@quarterdeck/ui'

import { Count } from './count.tsx'
import { latencyText, rateText } from './figure-text.ts'

type Controller = NonNullable<ControlPlane['worker']>['controllers'][number]

/** A queue this long is not worked off as fast as it fills. */
const longQueue = 100
const longWaitSeconds = 5

const columns: readonly TableColumn<Controller>[] = [
  {
    title: 'Controller',
    holds: 'text',
    cell: (controller) => (
      <span className="inline-flex items-center gap-2" title={stateOf(controller).text}>
        <ToneIcon tone={stateOf(controller).tone} /> {controller.name}
      </span>
    ),
  },
  ...figures<Controller>([
    { title: 'Queue', description: 'Keys that wait to be reconciled', cell: ({ depth }) => <Count value={depth} /> },
    { title: 'Waits (p99)', description: 'How long keys wait, 99th percentile', cell: ({ wait }) => latencyText(wait.p99) },
    { title: 'Reconciles/s', description: 'Reconciles a second', cell: ({ perSecond }) => rateText(perSecond) },
    { title: 'Reconciles', description: 'Reconciles since the worker started', cell: ({ reconciles }) => <Count value={reconciles} /> },
    { title: 'Median', description: 'How long a reconcile takes, median', cell: ({ latency }) => latencyText(latency.p50) },
    { title: 'p99', description: 'How long a reconcile takes, 99th percentile', cell: ({ latency }) => latencyText(latency.p99) },
    { title: 'Retries', description: 'Keys tried again after a failure', cell: ({ retries }) => <Count value={retries} /> },
    { title: 'Errors', description: 'Reconciles that failed', cell: ({ errors }) => <Count value={errors} /> },
  ]),
]

/** A line for each controller. */
export function ControllerTable({ controllers }: { controllers: readonly Controller[] }) {
  return <Table label="Controllers" items={controllers} keyOf={({ name }) => name} columns={columns} />
}

function stateOf({ depth, wait, recentErrors, perSecond }: Controller): { tone: Tone; text: string } {
  if (recentErrors > 0) return { tone: 'warning', text: `${recentErrors} reconciles failed in the last minute` }
  if (depth >= longQueue && (wait.p99 ?? 0) > longWaitSeconds) return { tone: 'warning', text: 'It can’t keep up' }
  return perSecond ? { tone: 'good', text: 'At work' } : { tone: 'neutral', text: 'Nothing to do' }
}
