import type { ControlPlane } from '@quarterdeck/trpc'
import { Panel } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { listHref } from '../console/route.ts'
import { Count, FigureTable } from './figure-table.tsx'

type Scheduler = NonNullable<ControlPlane['worker']>['scheduler']

const queueNotes: Readonly<Record<string, string>> = {
  active: 'tried next',
  backoff: 'tried again shortly',
  unschedulable: 'tried again when something happens that could help',
  gated: 'held by their scheduling gates',
}

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
      <FigureTable
        label="Queues of the scheduler"
        what="Pods that wait"
        items={queues}
        nameOf={({ name }) => name}
        head={({ name }) => (
          <>
            {name} <span className="ml-1 text-xs font-normal text-muted max-sm:hidden">{queueNotes[name]}</span>
          </>
        )}
        columns={[{ title: 'Pods', description: 'Pods in the queue', cell: ({ count }) => <Count value={count} /> }]}
      />
      {attempts.length > 0 && (
        <FigureTable
          label="Attempts of the scheduler"
          what="Attempts since the worker started"
          items={attempts}
          nameOf={({ result }) => result}
          columns={[{ title: 'Attempts', description: 'Attempts with this result', cell: ({ count }) => <Count value={count} /> }]}
        />
      )}
    </Panel>
  )
}
