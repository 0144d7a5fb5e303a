import { portKey, type NodeInfo } from '../../cache/node-info.ts'
import type { HostPort, PodInfo } from '../../cache/pod-info.ts'
import type { Plugin } from '../../framework/plugin.ts'
import { rejection } from '../../framework/rejection.ts'
import { portRepairs } from './port-repairs.ts'

const taken = rejection("node(s) didn't have free ports for the requested pod ports")

/** Keeps Pods from nodes on which a host port they ask for is in use. */
export const nodePorts: Plugin = {
  name: 'NodePorts',
  isNodeLocal: true,
  preFilter: (pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter: (pod, node) => (conflictOf(pod, node) ? taken : undefined),
  hints: {
    'pod left': ({ pod: left }, pod) => left.hostPorts.some((freed) => pod.hostPorts.some((wanted) => clash(freed, wanted))),
    'node added': ({ node }, pod) => !conflictOf(pod, node),
  },
  explain: (pod, node) =>
    pod.hostPorts
      .flatMap((port) => {
        const holders = holdersOf(port, node)
        return holders.length > 0
          ? [`host port ${port.port}/${port.protocol} is in use by ${holders.map(({ key }) => key).join(', ')}`]
          : []
      })
      .join(', '),
  repairs: (pod, node) => portRepairs(pod, node, holdersOf),
}

function conflictOf(pod: PodInfo, node: NodeInfo): HostPort | undefined {
  return pod.hostPorts.find(({ protocol, port, ip }) => {
    const addresses = node.usedPorts.get(portKey(protocol, port))
    return addresses !== undefined && (ip === anyAddress || addresses.has(anyAddress) || addresses.has(ip))
  })
}

/** The Pods on the node that have the port. */
const holdersOf = (wanted: HostPort, node: NodeInfo): PodInfo[] =>
  [...node.pods.values()].filter(({ hostPorts }) => hostPorts.some((used) => clash(used, wanted)))

const anyAddress = '0.0.0.0'

const clash = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress)
