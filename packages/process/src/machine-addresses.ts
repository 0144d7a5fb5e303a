import { networkInterfaces } from 'node:os'

/** Made for containers and virtual machines: nobody outside of this machine reaches them. */
const inner = /^(docker|br-|veth|qd|quarterdeck|lo|cni|flannel|virbr)/

/** IPv4 addresses of this machine that others can reach, in the order of its interfaces: neither loopback nor link-local. */
export function machineAddresses(): string[] {
  return Object.entries(networkInterfaces())
    .filter(([name]) => !inner.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter((a) => a.family === 'IPv4' && !a.internal && !a.address.startsWith('169.254.'))
    .map((a) => a.address)
}
