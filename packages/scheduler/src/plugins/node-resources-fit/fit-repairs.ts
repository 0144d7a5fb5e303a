import { daemonSets } from '@quarterdeck/api'
import { controllerOf } from '@quarterdeck/api-machinery'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { departure, type Repair } from '../../framework/change.ts'
import { amountOf } from './amount-of.ts'
import type { Shortage } from './fit.ts'
import { asQuantity, loweredRequest } from './lower-request.ts'

/** What can be done about a node that has too little: the Pod asks for less, or less important Pods leave. */
export function fitRepairs(pod: PodInfo, node: NodeInfo, shortages: readonly Shortage[]): Repair[] {
  const repairs: Repair[] = []
  if (shortages.every(({ resource, allocatable, used }) => resource !== 'pods' && allocatable - used > 0))
    repairs.push(shortages.map(({ resource, requested, allocatable, used }) => loweredRequest(resource, requested, allocatable - used)))
  if (shortages.some(({ requested, allocatable }) => requested > allocatable)) return repairs
  const leaving = whoLeaves(pod, node, shortages)
  if (leaving) repairs.push([departure(node.name, leaving, shortages.map(wanted).join(' and '))])
  return repairs
}

const lackOf = ({ requested, allocatable, used }: Shortage): number => requested - (allocatable - used)

const wanted = (shortage: Shortage): string =>
  shortage.resource === 'pods' ? 'the place of a Pod' : `${asQuantity(shortage.resource, lackOf(shortage))} ${shortage.resource}`

const held = ({ requests }: PodInfo, resource: string): number => (resource === 'pods' ? 1 : amountOf(requests, resource))

/** As few as possible, the least important: one that is enough, or else the largest until it is enough. Pods of DaemonSets would come back. */
function whoLeaves(pod: PodInfo, node: NodeInfo, shortages: readonly Shortage[]): PodInfo[] | undefined {
  const possible = [...node.pods.values()].filter(
    (other) => other.priority <= pod.priority && controllerOf(other.pod)?.kind !== daemonSets.kind,
  )
  const [first] = shortages
  if (!first) return undefined
  const isEnough = (some: readonly PodInfo[]): boolean =>
    shortages.every((shortage) => some.reduce((sum, other) => sum + held(other, shortage.resource), 0) >= lackOf(shortage))
  const bySize = possible.toSorted((a, b) => a.priority - b.priority || held(a, first.resource) - held(b, first.resource))
  const one = bySize.find((other) => isEnough([other]))
  if (one) return [one]
  const leaving: PodInfo[] = []
  for (const other of possible.toSorted((a, b) => held(b, first.resource) - held(a, first.resource) || a.priority - b.priority)) {
    leaving.push(other)
    if (isEnough(leaving)) return withoutNeedless(leaving, isEnough)
  }
  return undefined
}

function withoutNeedless(pods: readonly PodInfo[], isEnough: (some: readonly PodInfo[]) => boolean): PodInfo[] {
  let needed = [...pods]
  for (const pod of pods) {
    const others = needed.filter((other) => other !== pod)
    if (isEnough(others)) needed = others
  }
  return needed
}
