import type { V1Device, V1DeviceAttribute, V1ResourceSlice } from '@quarterdeck/api'
import { Panel, Table, type TableColumn } from '@quarterdeck/ui'

import { pairsOf } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'

/** The devices of a slice with what is said of each. */
export function SliceDevicesPanel({ object: { spec } }: { object: V1ResourceSlice }) {
  const devices = spec.devices ?? []
  const columns = spec.perDeviceNodeSelection ? [...deviceColumns, nodeColumn] : deviceColumns
  return (
    <Panel title={`Devices (${devices.length})`}>
      <Table label="Devices" empty="It offers no device." items={devices} keyOf={({ name }) => name} columns={columns} shownAtFirst={20} />
    </Panel>
  )
}

const deviceColumns: readonly TableColumn<V1Device>[] = [
  { title: 'Device', cell: ({ name }) => name },
  {
    title: 'Capacity',
    cell: ({ capacity = {} }) => pairsOf(Object.fromEntries(Object.entries(capacity).map(([name, { value }]) => [name, value]))),
  },
  {
    title: 'Attributes',
    holds: 'long text',
    cell: ({ attributes = {} }) => pairsOf(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, textOf(value)]))),
  },
  {
    title: 'Taints',
    holds: 'long text',
    cell: ({ taints = [] }) => taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`).join(', '),
  },
]

const nodeColumn: TableColumn<V1Device> = {
  title: 'Node',
  cell: ({ nodeName, allNodes }) => (nodeName ? <ObjectRef resource="nodes" name={nodeName} /> : allNodes && 'every node'),
}

function textOf(attribute: V1DeviceAttribute): string {
  return Object.values(attribute).flat().map(String).join(', ')
}
