import type { Summary } from '@quarterdeck/trpc'
import { Meter, Panel } from '@quarterdeck/ui'

import { bytesText, coresText } from '../console/units.ts'

/** How much of the nodes the pods have asked for. */
export function CapacityPanel({ capacity: { cpuMillis, memoryBytes, pods } }: { capacity: Summary['capacity'] }) {
  return (
    <Panel title="Requested of the nodes">
      <div className="flex flex-col gap-4 p-4">
        <Meter
          label="CPU"
          value={cpuMillis.requested}
          max={cpuMillis.allocatable}
          text={`${coresText(cpuMillis.requested)} of ${coresText(cpuMillis.allocatable)} cores`}
        />
        <Meter
          label="Memory"
          value={memoryBytes.requested}
          max={memoryBytes.allocatable}
          text={`${bytesText(memoryBytes.requested)} of ${bytesText(memoryBytes.allocatable)}`}
        />
        <Meter
          label="Pods"
          value={pods.requested}
          max={pods.allocatable}
          text={`${pods.requested.toLocaleString()} of ${pods.allocatable.toLocaleString()}`}
        />
      </div>
    </Panel>
  )
}
