import { useQuery } from '@tanstack/react-query'

import { api } from '../api/trpc.ts'
import { PendingPanel } from './pending-panel.tsx'
import { PlacedPanel } from './placed-panel.tsx'

const refreshMs = 10_000

/** Why a pod waits for a node and what would help, or why it got the node that it has. Nothing while the scheduler knows nothing. */
export function SchedulingPanel({ namespace, name, isPlaced }: { namespace: string; name: string; isPlaced: boolean }) {
  const { data } = useQuery({
    queryKey: ['scheduling', namespace, name, isPlaced],
    queryFn: () => api.scheduling.explain.query({ namespace, name, limit: 0, withChanges: true }),
    // Where a pod is does not change any more.
    refetchInterval: isPlaced ? false : refreshMs,
    retry: false,
  })
  if (!data) return undefined
  return data.state === 'pending' ? (
    <PendingPanel namespace={namespace} name={name} explanation={data} />
  ) : (
    <PlacedPanel explanation={data} />
  )
}
