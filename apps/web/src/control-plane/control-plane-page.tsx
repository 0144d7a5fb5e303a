import type { ControlPlane } from '@quarterdeck/trpc'
import { EmptyState, Panel, Problem, StateBadge } from '@quarterdeck/ui'
import { UnplugIcon } from 'lucide-react'
import { useState } from 'react'

import { api } from '../api/trpc.ts'
import { Loading } from '../api/loading.tsx'
import { useLive } from '../api/use-live.ts'
import { useTitle } from '../console/use-title.ts'
import { ApiPanel } from './api-panel.tsx'
import { ControllerTable } from './controller-table.tsx'
import { FigureCards } from './figure-cards.tsx'
import { SchedulerPanel } from './scheduler-panel.tsx'

/** What runs the cluster: who leads, how far every controller and the scheduler are, the API server and the store. */
export function ControlPlanePage() {
  useTitle('Control plane')
  const [figures, setFigures] = useState<ControlPlane>()
  const error = useLive<ControlPlane>('control-plane', (handlers) => api.controlPlane.follow.subscribe(undefined, handlers), setFigures)
  if (error)
    return (
      <div className="p-5">
        <Problem title="The control plane can’t be shown">{error.message}</Problem>
      </div>
    )
  if (!figures) return <Loading />
  const { leader, worker, problem } = figures
  return (
    <div className="mx-auto flex w-full max-w-[1500px] flex-col gap-3 p-3 sm:gap-4 sm:p-5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-lg font-semibold tracking-tight">Control plane</h1>
        {leader ? <StateBadge text="A worker leads" tone="good" /> : <StateBadge text="No worker leads" tone="bad" />}
      </div>
      <FigureCards figures={figures} />
      {worker ? (
        <>
          <Panel
            title={
              <>
                Controllers <span className="ml-1 font-normal text-muted tabular-nums">{worker.controllers.length}</span>
              </>
            }
            actions={<span className="text-xs text-muted">rates and latencies of the last minute</span>}
          >
            <ControllerTable controllers={worker.controllers} />
          </Panel>
          <div className="grid grid-cols-1 items-start gap-3 sm:gap-4 xl:grid-cols-2">
            <SchedulerPanel scheduler={worker.scheduler} />
            <ApiPanel api={figures.api} />
          </div>
        </>
      ) : (
        <>
          <section className="rounded-lg border border-line bg-surface">
            <EmptyState icon={UnplugIcon} title={leader ? 'The leading worker does not answer' : 'No worker leads at the moment'}>
              <p>
                Nothing is scheduled and no controller acts meanwhile; what runs goes on. A worker takes the lead within seconds of its
                start, or of the end of the one before.
              </p>
              {leader && problem && <p className="font-mono text-xs break-words">{problem}</p>}
            </EmptyState>
          </section>
          <ApiPanel api={figures.api} />
        </>
      )}
    </div>
  )
}
