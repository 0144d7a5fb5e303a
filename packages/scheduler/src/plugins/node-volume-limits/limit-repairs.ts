import type { NodeInfo } from '../../cache/node-info.ts'
import type { PodInfo } from '../../cache/pod-info.ts'
import { departure, type Change, type Repair } from '../../framework/change.ts'

/** A driver that can't attach as many volumes as a Pod would need. */
export interface FullDriver {
  driver: string
  limit: number
  there: number
  /** How many volumes the Pod would add. */
  more: number
}

/** What can be done about volumes that can't be attached: the driver may attach more, or a Pod with enough of its volumes leaves. */
export function limitRepairs(
  node: NodeInfo,
  full: readonly FullDriver[],
  volumesOf: (pod: PodInfo) => ReadonlyMap<string, string>,
): Repair[] {
  if (full.length === 0) return []
  const enough = [...node.pods.values()].filter((pod) => {
    const drivers = [...volumesOf(pod).values()]
    return full.every(({ driver, limit, there, more }) => drivers.filter((other) => other === driver).length >= there + more - limit)
  })
  const [leaving] = enough.toSorted((a, b) => a.priority - b.priority)
  const names = full.map(({ driver, there, more, limit }) => `${there + more - limit} volume(s) of ${driver}`).join(' and ')
  return [full.map((driver) => raised(node.name, driver)), ...(leaving ? [[departure(node.name, [leaving], names)]] : [])]
}

function raised(node: string, { driver, limit, there, more }: FullDriver): Change {
  const text = `let ${driver} attach ${there + more} volumes instead of ${limit} to node ${node}`
  return {
    key: text,
    family: `volumes of ${driver}`,
    node,
    size: there + more - limit,
    text,
    changeCsiNode: (csiNode) => ({
      ...csiNode,
      spec: {
        ...csiNode.spec,
        drivers: csiNode.spec.drivers.map((other) => (other.name === driver ? { ...other, allocatable: { count: there + more } } : other)),
      },
    }),
  }
}
