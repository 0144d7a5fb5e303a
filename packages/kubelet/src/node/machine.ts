import { readFile, statfs } from 'node:fs/promises'
import { hostname } from 'node:os'

import { machineAddresses } from '@quarterdeck/process'

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

/** Where other nodes reach this one. */
export const hostAddresses = (): string[] => [machineAddresses()[0] ?? '127.0.0.1']

/** As Kubernetes names nodes: the host's name in lower case. */
export const defaultNodeName = (): string => hostname().toLowerCase()
