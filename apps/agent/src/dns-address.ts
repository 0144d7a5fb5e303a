import { ensureInterface, removeInterface, runProgram } from '@quarterdeck/proxy'

export interface DnsAddressOptions {
  agentId: string
  address: string
  serviceCidr: string
  /** Source of what this machine itself sends to services. */
  hostIp: string
}

/** At most 15 characters, as the kernel takes them. */
const interfaceOf = (agentId: string): string => `qdd${agentId.slice(0, 8)}`

/**
 * Gives this machine the address of the cluster DNS, on an interface of its own, and a way to the services: where there is
 * no default route the kernel would refuse to send to them before the proxy's rules are asked.
 */
export async function ensureDnsAddress({ agentId, address, serviceCidr, hostIp }: DnsAddressOptions): Promise<void> {
  const name = interfaceOf(agentId)
  await ensureInterface(name)
  await runProgram('ip', ['addr', 'replace', `${address}/32`, 'dev', name])
  await runProgram('ip', ['route', 'replace', serviceCidr, 'dev', name, 'src', hostIp])
}

export const removeDnsAddress = (agentId: string): Promise<void> => removeInterface(interfaceOf(agentId))
