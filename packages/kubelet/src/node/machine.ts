import { readFile, statfs } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'

/** What a node says of the machine it runs on. */
export interface Machine {
  machineId: string
  systemUuid: string
  bootId: string
  diskBytes: number
}

export async function readMachine(dataDir: string): Promise<Machine> {
  const read = async (path: string) => (await readFile(path, 'utf8').catch(() => '')).trim()
  const machineId = await read('/etc/machine-id')
  const disk = await statfs(dataDir).catch(() => undefined)
  return {
    machineId,
    systemUuid: (await read('/sys/class/dmi/id/product_uuid')) || machineId,
    bootId: await read('/proc/sys/kernel/random/boot_id'),
    diskBytes: disk ? disk.blocks * disk.bsize : 0,
  }
}

/** The addresses that other nodes reach this one at: of its interfaces that are neither loopback, link-local nor made for containers. */
export function hostAddresses(): string[] {
  const found = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    /^(docker|br-|veth|qd|lo|cni|flannel|virbr)/.test(name) ? [] : (addresses ?? []),
  )
  const outside = found.filter((address) => !address.internal && address.family === 'IPv4' && !address.address.startsWith('169.254.'))
  const addresses = outside.map((address) => address.address)
  return addresses.length > 0 ? addresses.slice(0, 1) : ['127.0.0.1']
}

/** As Kubernetes names nodes: the host's name in lower case. */
export const defaultNodeName = (): string => hostname().toLowerCase()
