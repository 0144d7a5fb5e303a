import { Button, Input, Select, Spinner, ToneIcon } from '@quarterdeck/ui'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { api } from '../api/trpc.ts'
import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

const pageSize = 20

/** What every plugin has against every node, page by page. */
export function NodeVerdicts({ namespace, name, plugins }: { namespace: string; name: string; plugins: readonly string[] }) {
  const [search, setSearch] = useState('')
  const [plugin, setPlugin] = useState('')
  const [offset, setOffset] = useState(0)
  const question = { namespace, name, search, plugin, offset, limit: pageSize }
  const { data } = useQuery({
    queryKey: ['scheduling nodes', question],
    queryFn: () => api.scheduling.explain.query(question),
    placeholderData: keepPreviousData,
  })
  if (!data) return <Spinner className="border-t border-line px-4 py-3" />
  if (data.state !== 'pending') return undefined
  const { nodes, matching } = data
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 border-y border-line px-4 py-2">
        <Input
          aria-label="Search nodes"
          placeholder="Search nodes"
          value={search}
          onChange={(event) => {
            setSearch(event.target.value.trim())
            setOffset(0)
          }}
          className="!w-48"
        />
        {plugins.length > 1 && (
          <Select
            label="Rejected by"
            value={plugin}
            onChange={(event) => {
              setPlugin(event.target.value)
              setOffset(0)
            }}
          >
            <option value="">Rejected by any plugin</option>
            {plugins.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        )}
        <span className="flex-1" />
        {matching > pageSize && (
          <>
            <span className="text-xs text-muted tabular-nums">
              {(offset + 1).toLocaleString()}–{(offset + nodes.length).toLocaleString()} of {matching.toLocaleString()}
            </span>
            <Button size="small" disabled={offset === 0} onClick={() => setOffset(Math.max(0, offset - pageSize))}>
              Back
            </Button>
            <Button size="small" disabled={offset + pageSize >= matching} onClick={() => setOffset(offset + pageSize)}>
              On
            </Button>
          </>
        )}
      </div>
      <ul className="divide-y divide-line" aria-label="Nodes">
        {nodes.map(({ node, rejections }) => (
          <li key={node} className="grid gap-x-4 gap-y-1 px-4 py-2 text-sm sm:grid-cols-[minmax(120px,1fr)_3fr]">
            <Link
              href={objectHref({ resource: 'nodes', name: node })}
              className="min-w-0 truncate font-medium hover:text-accent hover:underline"
            >
              {node}
            </Link>
            <ul className="flex min-w-0 flex-col gap-0.5">
              {rejections.map((rejection) => (
                <li key={rejection.plugin} className="flex gap-2">
                  <span className="pt-0.5">
                    <ToneIcon tone="warning" />
                  </span>
                  <span className="min-w-0 break-words">
                    {rejection.detail || rejection.reasons.join(', ')} <span className="text-xs text-muted">{rejection.plugin}</span>
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
        {nodes.length === 0 && <li className="px-4 py-3 text-sm text-muted">No node fits the search.</li>}
      </ul>
    </>
  )
}
