import type { ControlPlane } from '@quarterdeck/trpc'
import { ToneIcon, type Tone } from '@quarterdeck/ui'
import type { ReactNode } from 'react'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'
import { bytesText } from '../console/units.ts'
import { latencyText, rateText } from './figure-text.ts'

/** The control plane in four cards: the leader, the scheduler, the API server, the store. */
export function FigureCards({ figures: { leader, worker, api, store } }: { figures: ControlPlane }) {
  const waiting = worker?.scheduler.queues.reduce((sum, { count }) => sum + count, 0)
  return (
    <div className="grid gap-3 sm:grid-cols-2 sm:gap-4 xl:grid-cols-4">
      <Card
        title="Worker"
        tone={worker ? 'good' : 'bad'}
        main={leader ? <Leader leader={leader} /> : 'none leads'}
        facts={[
          ['Leads for', leader && <Age key="since" time={leader.since} />],
          ['Term', leader && (leader.transitions + 1).toLocaleString()],
          ['Uses', worker && processText(worker.process)],
          ['Event loop', worker && `${latencyText(worker.process.eventLoopLagSeconds)} late (p99)`],
        ]}
      />
      <Card
        title="Scheduler"
        tone={worker ? 'good' : 'bad'}
        main={worker ? <Rate of="attempts" perSecond={worker.scheduler.perSecond} /> : 'not running'}
        facts={[
          ['Pods that wait', waiting?.toLocaleString()],
          ['Median', worker && latencyText(worker.scheduler.latency.p50)],
          ['99th percentile', worker && latencyText(worker.scheduler.latency.p99)],
        ]}
      />
      <Card
        title="API server"
        tone="good"
        main={<Rate of="requests" perSecond={api.perSecond} />}
        facts={[
          ['Median', latencyText(api.latency.p50)],
          ['99th percentile', latencyText(api.latency.p99)],
          ['Watches', api.watches.toLocaleString()],
          ['Uses', api.process.memoryBytes > 0 && processText(api.process)],
        ]}
      />
      <Card
        title="Store"
        tone="good"
        main={
          <>
            <span className="text-sm font-normal text-muted">revision</span>{' '}
            <span className="tabular-nums">{store.revision.toLocaleString()}</span>
          </>
        }
        facts={[['Writes', `${rateText(store.writesPerSecond)} a second`]]}
      />
    </div>
  )
}

function Leader({ leader: { identity } }: { leader: NonNullable<ControlPlane['leader']> }) {
  const href = objectHref({ resource: 'leases.coordination.k8s.io', namespace: 'kube-system', name: 'quarterdeck-worker' })
  return (
    <Link href={href} className="focus-ring block truncate rounded hover:text-accent hover:underline" title={identity}>
      {identity}
    </Link>
  )
}

function Rate({ of, perSecond }: { of: string; perSecond: number | null }) {
  return (
    <>
      <span className="tabular-nums">{rateText(perSecond)}</span> <span className="text-sm font-normal text-muted">{of} a second</span>
    </>
  )
}

function processText({ cores, memoryBytes }: { cores: number | null; memoryBytes: number }): string {
  return [cores === null ? '' : `${cores.toFixed(2)} cores`, bytesText(memoryBytes)].filter(Boolean).join(' · ')
}

interface CardProps {
  title: string
  tone: Tone
  main: ReactNode
  facts: readonly (readonly [name: string, value: ReactNode])[]
}

function Card({ title, tone, main, facts }: CardProps) {
  return (
    <section className="min-w-0 rounded-lg border border-line bg-surface p-4">
      <h2 className="flex items-center gap-2 text-sm font-semibold">
        <ToneIcon tone={tone} /> {title}
      </h2>
      <div className="mt-2 min-w-0 truncate text-lg font-semibold tracking-tight">{main}</div>
      <dl className="mt-2 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs">
        {facts
          .filter(([, value]) => value !== undefined && value !== null && value !== false)
          .map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-muted">{name}</dt>
              <dd className="min-w-0 truncate text-right tabular-nums">{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
