import type { V1ContainerPort } from '@quarterdeck/api'

import type { NodeInfo } from '../../cache/node-info.ts'
import type { HostPort, PodInfo } from '../../cache/pod-info.ts'
import { changeOfSpec, departure, type Change, type Repair } from '../../framework/change.ts'

/** What can be done about host ports in use: the Pod does without them, or those that have them leave. */
export function portRepairs(pod: PodInfo, node: NodeInfo, holdersOf: (port: HostPort, node: NodeInfo) => PodInfo[]): Repair[] {
  const taken = pod.hostPorts.map((port) => ({ port, holders: holdersOf(port, node) })).filter(({ holders }) => holders.length > 0)
  const leaving = [...new Set(taken.flatMap(({ holders }) => holders))]
  const named = taken.map(({ port: { port, protocol } }) => `host port ${port}/${protocol}`).join(' and ')
  return [taken.map(({ port }) => withoutPort(port)), ...(leaving.length > 0 ? [[departure(node.name, leaving, named)]] : [])]
}

function withoutPort({ port, protocol }: HostPort): Change {
  const text = `do without host port ${port}/${protocol}`
  return changeOfSpec({ key: text, family: text, size: 1, text }, ({ containers, initContainers }) => {
    const isIt = (candidate: V1ContainerPort): boolean => candidate.hostPort === port && (candidate.protocol ?? 'TCP') === protocol
    const strip = (list: typeof containers): typeof containers =>
      list.map((container) =>
        container.ports?.some(isIt) ? { ...container, ports: container.ports.filter((candidate) => !isIt(candidate)) } : container,
      )
    return { containers: strip(containers), ...(initContainers ? { initContainers: strip(initContainers) } : {}) }
  })
}
