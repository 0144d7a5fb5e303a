import type { ControlPlane } from '@quarterdeck/trpc'
import { figures, Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { listHref } from '../console/route.ts'
import { Count } from './count.tsx'

type Scheduler = NonNullable<ControlPlane['worker']>['scheduler']

const queueNotes: Readonly<Record<string, string>> = {
  active: 'tried next',
  backoff: 'tried again shortly',
  unschedulable: 'tried again when something happens that could help',
  gated: 'held by their scheduling gates',
}

const queueColumns: readonly TableColumn<Scheduler['queues'][number]>[] = [
  {
    title: 'Pods that wait',
    cell: ({ name }) => (
      <>
        {name} <span className="ml-1 text-xs font-normal text-muted max-sm:hidden">{queueNotes[name]}</span>
      </>
    ),
  },
  ...figures<Scheduler['queues'][number]>([
    { title: 'Pods', description: 'Pods in the queue', cell: ({ count }) => <Count value={count} /> },
  ]),
]

const attemptColumns: readonly TableColumn<Scheduler['attempts'][number]>[] = [
  { title: 'Attempts since the worker started', cell: ({ result }) => result },
  ...figures<Scheduler['attempts'][number]>([
    { title: 'Attempts', description: 'Attempts with this result', cell: ({ count }) => <Count value={count} /> },
  ]),
]

/** Where pods wait for a node, and what came of the attempts. */
export function SchedulerPanel({ scheduler: { queues, attempts } }: { scheduler: Scheduler }) {
  return (
    <Panel
      title="Scheduler"
      actions={
        <Link href={listHref('pods', { state: 'Pending' })} className="focus-ring rounded text-xs text-accent hover:underline">
          Pending pods
        </Link>
      }
    >
      <Table label="Queues of the scheduler" items={queues} keyOf={({ name }) => name} columns={queueColumns} />
      {attempts.length > 0 && (
        <Table label="Attempts of the scheduler" items={attempts} keyOf={({ result }) => result} columns={attemptColumns} />
      )}
    </Panel>
  )
}
