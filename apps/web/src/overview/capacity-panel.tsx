import type { Summary } from '@quarterdeck/trpc'
import { Meter, Panel } from '@quarterdeck/ui'

import { bytesText, coresText } from '../console/units.ts'

/** How much of the nodes the pods have asked for, and how much is in use. */
export function CapacityPanel({ capacity: { cpuMillis, memoryBytes, pods }, usage }: Pick<Summary, 'capacity' | 'usage'>) {
  return (
    <Panel title="Requested of the nodes">
      <div className="flex flex-col gap-4 p-4">
        <Meter
          label="CPU"
          value={cpuMillis.requested}
          max={cpuMillis.allocatable}
          text={`${coresText(cpuMillis.requested)} of ${coresText(cpuMillis.allocatable)} cores`}
          {...(usage ? { mark: usage.cpuMillis, markText: `${coresText(usage.cpuMillis)} in use` } : {})}
        />
        <Meter
          label="Memory"
          value={memoryBytes.requested}
          max={memoryBytes.allocatable}
          text={`${bytesText(memoryBytes.requested)} of ${bytesText(memoryBytes.allocatable)}`}
          {...(usage ? { mark: usage.memoryBytes, markText: `${bytesText(usage.memoryBytes)} in use` } : {})}
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
