import { labels, RuntimeError } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call, callUnless, toRuntimeError } from './engine.ts'
import { readHostRoutes, routesElsewhere } from './host-routes.ts'

/** Name of the bridge network of an agent's pods. */
export const networkNameOf = (agentId: string): string => `quarterdeck-${agentId}`

/** Name of its bridge interface: at most 15 characters. */
export const bridgeNameOf = (agentId: string): string => `qd${agentId.slice(0, 12)}`

/**
 * Makes the bridge with the node's pod subnet. One left with another subnet (the node was given a new one) is replaced
 * once nothing is attached to it; until then this fails with Conflict and is tried again. So it does while another interface of the
 * machine has the subnet, too: pods could not be reached.
 */
export async function ensureNetwork(docker: Docker, agentId: string, cidr: string): Promise<void> {
  await ensureBridge(docker, agentId, cidr)
  const [other] = routesElsewhere(await readHostRoutes(), cidr, bridgeNameOf(agentId))
  if (other)
    throw new RuntimeError(
      'Conflict',
      `the pods' subnet ${cidr} is also on interface ${other.interfaceName} of this machine, where their traffic would go: ` +
        `remove that (ip link delete ${other.interfaceName}) or give the cluster another range (QUARTERDECK_CLUSTER_CIDR)`,
    )
}

async function ensureBridge(docker: Docker, agentId: string, cidr: string): Promise<void> {
  const name = networkNameOf(agentId)
  const found = await inspectNetwork(docker, name)
  if (found && found.IPAM?.Config?.[0]?.Subnet === cidr) return
  if (found) {
    if (Object.keys(found.Containers ?? {}).length > 0)
      throw new RuntimeError('Conflict', `network ${name} still has pods in ${found.IPAM?.Config?.[0]?.Subnet}, wanted ${cidr}`)
    await callUnless(['NotFound'], `removing network ${name}`, () => docker.getNetwork(name).remove())
  }
  await callUnless(['Conflict'], `creating network ${name}`, () =>
    docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: cidr }] },
      Labels: { [labels.agent]: agentId },
      Options: {
        'com.docker.network.bridge.name': bridgeNameOf(agentId),
        // Pods keep their own address towards each other and towards services; the proxy says what is masqueraded.
        'com.docker.network.bridge.enable_ip_masquerade': 'true',
        'com.docker.network.bridge.enable_icc': 'true',
      },
    }),
  )
}

export async function removeNetwork(docker: Docker, agentId: string): Promise<void> {
  const name = networkNameOf(agentId)
  await callUnless(['NotFound'], `removing network ${name}`, () => docker.getNetwork(name).remove())
}

async function inspectNetwork(docker: Docker, name: string): Promise<Docker.NetworkInspectInfo | undefined> {
  try {
    return await call(`looking at network ${name}`, () => docker.getNetwork(name).inspect())
  } catch (error) {
    if (toRuntimeError('', error).code === 'NotFound') return undefined
    throw error
  }
}
