import type { V1CronJob } from '@quarterdeck/api'
import { Panel } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'

import { api } from '../../api/trpc.ts'
import { Until } from '../../console/time.tsx'

const refreshMs = 30_000

/** When a CronJob runs next. */
export function NextRunsPanel({ object: { metadata, spec } }: { object: V1CronJob }) {
  const { namespace = '', name = '' } = metadata ?? {}
  const { data, error } = useQuery({
    queryKey: ['next-runs', namespace, name, spec?.schedule, spec?.timeZone],
    queryFn: () => api.workloads.nextRuns.query({ namespace, name }),
    refetchInterval: refreshMs,
  })
  if (error || !data) return undefined
  return (
    <Panel title={spec?.suspend ? 'Would run next' : 'Runs next'}>
      {data.length === 0 && <p className="px-4 py-3 text-sm text-muted">Its schedule never comes.</p>}
      <ol className="flex flex-wrap gap-x-6 gap-y-1 px-4 py-3 text-sm empty:hidden">
        {data.map((time) => (
          <li key={time} className="whitespace-nowrap">
            <Until time={time} /> <span className="text-xs text-muted">{new Date(time).toLocaleString()}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
