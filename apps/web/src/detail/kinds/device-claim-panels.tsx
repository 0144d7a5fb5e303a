import type {
  ResourceClaim,
  V1AllocatedDeviceStatus,
  V1DeviceRequest,
  V1DeviceRequestAllocationResult,
  V1ExactDeviceRequest,
  V1ResourceClaimSpec,
  V1ResourceClaimTemplate,
} from '@quarterdeck/api'
import { Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { pairsOf } from '../facts.tsx'
import { Selectors } from './device-facts.tsx'
import { ObjectRef } from './object-ref.tsx'

/** What a claim has, then what it asks for. */
export function DeviceClaimPanel({ object: { spec, status } }: { object: ResourceClaim }) {
  const results = status.allocation?.devices?.results ?? []
  return (
    <>
      {results.length > 0 && (
        <Panel title="Devices it has">
          <Table
            label="Devices it has"
            items={results}
            keyOf={({ request, driver, pool, device, shareID = '' }) => [request, driver, pool, device, shareID].join('/')}
            columns={allocatedColumns(status.devices ?? [])}
          />
        </Panel>
      )}
      <RequestsPanel spec={spec} />
    </>
  )
}

export function DeviceTemplatePanel({ object: { spec } }: { object: V1ResourceClaimTemplate }) {
  return <RequestsPanel spec={spec.spec} />
}

function allocatedColumns(reports: readonly V1AllocatedDeviceStatus[]): TableColumn<V1DeviceRequestAllocationResult>[] {
  const reportOf = ({ driver, pool, device, shareID }: V1DeviceRequestAllocationResult): V1AllocatedDeviceStatus | undefined =>
    reports.find((r) => r.driver === driver && r.pool === pool && r.device === device && r.shareID === shareID)
  return [
    { title: 'Device', cell: ({ device }) => device },
    { title: 'Pool', cell: ({ pool }) => pool },
    { title: 'Driver', cell: ({ driver }) => driver },
    { title: 'For request', cell: ({ request, adminAccess }) => `${request}${adminAccess ? ' (as administrator)' : ''}` },
    { title: 'Takes', holds: 'long text', cell: ({ consumedCapacity }) => pairsOf(consumedCapacity) },
    {
      title: 'Says',
      holds: 'long text',
      cell: (result) => {
        const { conditions = [], networkData } = reportOf(result) ?? {}
        return [...conditions.map(({ type, status }) => `${type} ${status}`), ...(networkData?.ips ?? [])].join(', ')
      },
    },
  ]
}

/** A request, or one of those that would do instead. */
interface Asked {
  name: string
  request: Omit<V1ExactDeviceRequest, 'adminAccess'>
}

function RequestsPanel({ spec }: { spec: V1ResourceClaimSpec }) {
  const { requests = [], constraints = [] } = spec.devices ?? {}
  return (
    <Panel title="Devices it asks for">
      <Table
        label="Devices it asks for"
        empty="It asks for no device."
        items={requests.flatMap(askedBy)}
        keyOf={({ name }) => name}
        columns={askedColumns}
      />
      {constraints.map(({ requests: of = [], matchAttribute, distinctAttribute }) => (
        <p key={JSON.stringify([of, matchAttribute, distinctAttribute])} className="border-t border-line px-4 py-2 text-sm">
          {of.length > 0 ? `Devices of ${of.join(', ')}` : 'All devices'} {matchAttribute ? 'have the same' : 'each have another'}{' '}
          <code className="font-mono text-xs break-all">{matchAttribute ?? distinctAttribute}</code>
        </p>
      ))}
    </Panel>
  )
}

function askedBy({ name, exactly, firstAvailable = [] }: V1DeviceRequest): Asked[] {
  if (exactly) return [{ name, request: exactly }]
  return firstAvailable.map((request) => ({ name: `${name}/${request.name}`, request }))
}

const askedColumns: readonly TableColumn<Asked>[] = [
  { title: 'Request', cell: ({ name }) => name },
  {
    title: 'Class',
    cell: ({ request }) => <ObjectRef resource="deviceclasses.resource.k8s.io" name={request.deviceClassName} />,
  },
  { title: 'How many', cell: ({ request }) => (request.allocationMode === 'All' ? 'all there are' : (request.count ?? 1)) },
  { title: 'At least', cell: ({ request }) => pairsOf(request.capacity?.requests) },
  {
    title: 'Selects',
    holds: 'long text',
    cell: ({ request }) => request.selectors && request.selectors.length > 0 && <Selectors selectors={request.selectors} />,
  },
]
