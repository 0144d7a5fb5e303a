import { Panel, ToneIcon } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'

import { api } from '../api/trpc.ts'
import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'

const refreshMs = 3000

/** Why a pod waits: what stands against it on every node, with figures. */
export function SchedulingPanel({ namespace, name }: { namespace: string; name: string }) {
  const { data, error } = useQuery({
    queryKey: ['scheduling', namespace, name],
    queryFn: () => api.pods.scheduling.query({ namespace, name }),
    refetchInterval: refreshMs,
  })
  if (error || !data) return undefined
  return (
    <Panel
      title="Why it waits for a node"
      actions={
        <span className="text-xs text-muted">
          tried <Age time={data.attemptedAt} /> ago
        </span>
      }
    >
      <ul className="divide-y divide-line">
        {data.nodes.map(({ node, rejections }) => (
          <li key={node} className="grid gap-x-4 gap-y-1 px-4 py-2 text-sm sm:grid-cols-[minmax(120px,1fr)_3fr]">
            <Link
              href={objectHref({ resource: 'nodes', name: node })}
              className="min-w-0 truncate font-medium hover:text-accent hover:underline"
            >
              {node}
            </Link>
            <ul className="flex flex-col gap-0.5">
              {rejections.map(({ plugin, reasons, detail }) => (
                <li key={plugin} className="flex gap-2">
                  <span className="pt-0.5">
                    <ToneIcon tone="warning" />
                  </span>
                  <span>
                    {detail || reasons.join(', ')} <span className="text-xs text-muted">{plugin}</span>
                  </span>
                </li>
              ))}
              {rejections.length === 0 && (
                <li className="flex items-center gap-2 text-muted">
                  <ToneIcon tone="good" /> It would fit here.
                </li>
              )}
            </ul>
          </li>
        ))}
        {data.nodes.length === 0 && (
          <li className="px-4 py-3 text-sm text-muted">There is no node yet: a node appears as soon as its agent connects.</li>
        )}
      </ul>
      {data.nodeCount > data.nodes.length && (
        <p className="border-t border-line px-4 py-2 text-xs text-muted">
          The first {data.nodes.length} of {data.nodeCount.toLocaleString()} nodes. All: {data.message}
        </p>
      )}
    </Panel>
  )
}
