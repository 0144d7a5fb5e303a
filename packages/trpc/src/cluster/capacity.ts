import type { Node, Pod } from '@quarterdeck/api'
import { valueOf, milliValueOf } from '@quarterdeck/api-machinery'

import type { LiveKind } from '../live/live-kind.ts'
import type { Row } from '../live/row.ts'

export interface Amount {
  requested: number
  allocatable: number
}

/** What the nodes have and what the pods on them ask for. */
export interface Capacity {
  cpuMillis: Amount
  memoryBytes: Amount
  pods: Amount
}

interface Requests {
  cpuMillis: number
  memoryBytes: number
}

export function capacityOf(nodeRows: LiveKind, podRows: LiveKind): Capacity {
  const capacity: Capacity = {
    cpuMillis: { requested: 0, allocatable: 0 },
    memoryBytes: { requested: 0, allocatable: 0 },
    pods: { requested: 0, allocatable: 0 },
  }
  for (const row of nodeRows.rows()) {
    const { allocatable } = (row.object as Node).status ?? {}
    capacity.cpuMillis.allocatable += milliValueOf(allocatable?.['cpu'])
    capacity.memoryBytes.allocatable += valueOf(allocatable?.['memory'])
    capacity.pods.allocatable += valueOf(allocatable?.['pods'])
  }
  for (const row of podRows.rows()) {
    const requests = requestsOf(row)
    if (!requests) continue
    capacity.cpuMillis.requested += requests.cpuMillis
    capacity.memoryBytes.requested += requests.memoryBytes
    capacity.pods.requested++
  }
  return capacity
}

const known = new WeakMap<Row, Requests | null>()

/** What a pod asks of its node; undefined for one that holds nothing (any more). Kept by row: a row never changes. */
function requestsOf(row: Row): Requests | undefined {
  let requests = known.get(row)
  if (requests === undefined) known.set(row, (requests = computeRequests(row.object as Pod)))
  return requests ?? undefined
}

function computeRequests({ spec, status }: Pod): Requests | null {
  if (!spec.nodeName || status.phase === 'Succeeded' || status.phase === 'Failed') return null
  const sum: Requests = { cpuMillis: 0, memoryBytes: 0 }
  for (const { resources } of spec.containers) {
    sum.cpuMillis += milliValueOf(resources?.requests?.['cpu'])
    sum.memoryBytes += valueOf(resources?.requests?.['memory'])
  }
  return sum
}
