import type { EndpointSlice, Service, V1Endpoint, V1EndpointSlice } from '@quarterdeck/api'
import { Panel, StateBadge, Table, type TableColumn } from '@quarterdeck/ui'

import { useWatched } from '../../api/use-watched.ts'
import { ObjectRef } from './object-ref.tsx'

/** Where a Service sends traffic. */
export function ServiceEndpointsPanel({ object: { metadata, spec } }: { object: Service }) {
  const { namespace = '', name } = metadata
  const { objects: slices, error } = useWatched<EndpointSlice>({
    apiVersion: 'discovery.k8s.io/v1',
    plural: 'endpointslices',
    namespace,
    labelSelector: `kubernetes.io/service-name=${name}`,
  })
  if (error) return <p className="text-sm text-muted">Its endpoints can’t be read: {error.message}</p>
  if (!slices || spec.type === 'ExternalName') return undefined
  const endpoints = new Map(slices.flatMap((slice) => slice.endpoints ?? []).map((endpoint) => [endpoint.addresses.join(), endpoint]))
  return <EndpointsPanel endpoints={[...endpoints.values()]} />
}

export function SliceEndpointsPanel({ object: { endpoints = [] } }: { object: V1EndpointSlice }) {
  return <EndpointsPanel endpoints={endpoints} />
}

function EndpointsPanel({ endpoints }: { endpoints: readonly V1Endpoint[] }) {
  const hasZones = endpoints.some(({ zone, hints }) => zone ?? hints)
  return (
    <Panel title={`Endpoints (${endpoints.length})`}>
      <Table
        label="Endpoints"
        shownAtFirst={20}
        empty="Nothing answers: no pod fits its selector, or none has an address."
        items={endpoints}
        keyOf={({ addresses }) => addresses.join()}
        columns={hasZones ? [...columns, ...zoneColumns] : columns}
      />
    </Panel>
  )
}

const columns: readonly TableColumn<V1Endpoint>[] = [
  { title: 'Address', cell: ({ addresses }) => <code className="font-mono text-xs">{addresses.join(', ')}</code> },
  { title: 'State', cell: ({ conditions }) => <StateBadge {...stateOf(conditions)} /> },
  {
    title: 'Pod',
    cell: ({ targetRef }) =>
      targetRef?.kind === 'Pod' && <ObjectRef resource="pods" namespace={targetRef.namespace} name={targetRef.name ?? ''} />,
  },
  { title: 'Node', cell: ({ nodeName }) => nodeName && <ObjectRef resource="nodes" name={nodeName} /> },
]

const zoneColumns: readonly TableColumn<V1Endpoint>[] = [
  { title: 'Zone', cell: ({ zone }) => zone },
  {
    title: 'Kept for',
    cell: ({ hints }) => [...(hints?.forNodes ?? []), ...(hints?.forZones ?? [])].map(({ name }) => name).join(', '),
  },
]

function stateOf({ ready = true, serving = ready, terminating = false }: V1Endpoint['conditions'] = {}) {
  if (terminating) return { text: serving ? 'Terminating, still serves' : 'Terminating', tone: 'progress' } as const
  return ready ? ({ text: 'Ready', tone: 'good' } as const) : ({ text: 'Not ready', tone: 'warning' } as const)
}
