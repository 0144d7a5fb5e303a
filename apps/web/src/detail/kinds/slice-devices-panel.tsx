import type { V1Device, V1DeviceAttribute, V1ResourceSlice } from '@quarterdeck/api'
import { Button, Panel } from '@quarterdeck/ui'
import { useState } from 'react'

import { pairsOf } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'
import { PlainTable, type PlainColumn } from './plain-table.tsx'

const shownAtFirst = 25

/** The devices of a slice with what is said of each. */
export function SliceDevicesPanel({ object: { spec } }: { object: V1ResourceSlice }) {
  const [isWhole, setIsWhole] = useState(false)
  const devices = spec.devices ?? []
  const columns = spec.perDeviceNodeSelection ? [...deviceColumns, nodeColumn] : deviceColumns
  return (
    <Panel title={`Devices (${devices.length})`}>
      {devices.length === 0 && <p className="px-4 py-3 text-sm text-muted">It offers no device.</p>}
      {devices.length > 0 && (
        <PlainTable
          label="Devices"
          items={isWhole ? devices : devices.slice(0, shownAtFirst)}
          keyOf={({ name }) => name}
          columns={columns}
        />
      )}
      {!isWhole && devices.length > shownAtFirst && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show {devices.length - shownAtFirst} more
          </Button>
        </div>
      )}
    </Panel>
  )
}

const deviceColumns: readonly PlainColumn<V1Device>[] = [
  { title: 'Device', cell: ({ name }) => name },
  {
    title: 'Capacity',
    cell: ({ capacity = {} }) => pairsOf(Object.fromEntries(Object.entries(capacity).map(([name, { value }]) => [name, value]))),
  },
  {
    title: 'Attributes',
    isLong: true,
    cell: ({ attributes = {} }) => pairsOf(Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, textOf(value)]))),
  },
  {
    title: 'Taints',
    isLong: true,
    cell: ({ taints = [] }) => taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`).join(', '),
  },
]

const nodeColumn: PlainColumn<V1Device> = {
  title: 'Node',
  cell: ({ nodeName, allNodes }) => (nodeName ? <ObjectRef resource="nodes" name={nodeName} /> : allNodes && 'every node'),
}

function textOf(attribute: V1DeviceAttribute): string {
  return Object.values(attribute).flat().map(String).join(', ')
}
