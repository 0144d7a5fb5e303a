import type { Summary } from '@quarterdeck/trpc'
import { EmptyState, Panel, Problem, buttonClass } from '@quarterdeck/ui'
import { Rocket } from 'lucide-react'
import { useState } from 'react'

import { api } from '../api/trpc.ts'
import { Loading } from '../api/loading.tsx'
import { useLive } from '../api/use-live.ts'
import { Link } from '../console/navigation.tsx'
import { useTitle } from '../console/use-title.ts'
import { AttentionList } from './attention-list.tsx'
import { CapacityPanel } from './capacity-panel.tsx'
import { TallyCard } from './tally-card.tsx'
import { WarningList } from './warning-list.tsx'

/** The cluster at a glance: is it well, what is it full of, and what wants a look. */
export function OverviewPage() {
  useTitle('Overview')
  const [summary, setSummary] = useState<Summary>()
  const error = useLive<Summary>('summary', (handlers) => api.cluster.summary.subscribe(undefined, handlers), setSummary)
  if (error)
    return (
      <div className="p-5">
        <Problem title="The overview can’t be shown">{error.message}</Problem>
      </div>
    )
  if (!summary) return <Loading />
  return (
    <div className="mx-auto flex w-full max-w-[1500px] flex-col gap-4 p-3 sm:p-5">
      <h1 className="text-lg font-semibold tracking-tight">Overview</h1>
      {summary.isEmpty && <FirstSteps />}
      <div className="grid gap-3 sm:gap-4 md:grid-cols-3">
        {summary.tallies.map((tally) => (
          <TallyCard key={tally.resource} tally={tally} />
        ))}
      </div>
      <div className="grid items-start gap-3 sm:gap-4 xl:grid-cols-[3fr_2fr]">
        <Panel
          title={
            <>
              Needs attention{' '}
              <span className="ml-1 font-normal text-muted tabular-nums">
                {summary.attentionTotal > 0 && summary.attentionTotal.toLocaleString()}
              </span>
            </>
          }
        >
          <AttentionList
            items={summary.attention}
            total={summary.attentionTotal}
            hasNodes={summary.tallies.some(({ resource, total }) => resource === 'nodes' && total > 0)}
          />
        </Panel>
        <div className="flex flex-col gap-3 sm:gap-4">
          <CapacityPanel capacity={summary.capacity} usage={summary.usage} />
          <Panel
            title="Recent warnings"
            actions={
              <Link href="/events?state=Warning" className="text-xs text-accent hover:underline">
                All warnings
              </Link>
            }
          >
            <WarningList warnings={summary.warnings} />
          </Panel>
        </div>
      </div>
    </div>
  )
}

function FirstSteps() {
  return (
    <section className="rounded-lg border border-accent/40 bg-selected">
      <EmptyState icon={Rocket} title="The cluster is ready, and empty" className="!py-8">
        <p>
          Upload YAML of your own, or try the example: three replicas of a small web server and a Service. You see what would be stored
          before anything is.
        </p>
        <div className="flex flex-wrap justify-center gap-2">
          <Link href="/apply?example=1" className={buttonClass('primary')}>
            Try the example
          </Link>
          <Link href="/apply" className={buttonClass()}>
            Apply YAML
          </Link>
        </div>
      </EmptyState>
    </section>
  )
}
