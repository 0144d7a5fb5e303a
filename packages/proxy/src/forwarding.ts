import { readFile, writeFile } from 'node:fs/promises'

import { runProgram } from './nft.ts'

const ipForward = '/proc/sys/net/ipv4/ip_forward'
const bridgeNetfilter = '/proc/sys/net/bridge/bridge-nf-call-iptables'

/** Chain that Docker leaves to others: its own rules drop what is forwarded to a bridge on a port that was not published. */
const dockerUserChain = 'DOCKER-USER'

/** Makes the kernel forward packets, and bridged ones pass the firewall. Resolves with whether the latter is so. */
export async function enableForwarding(): Promise<{ bridgeNetfilter: boolean }> {
  await writeFile(ipForward, '1').catch(() => {}) // read-only where it is already set by who set up the machine
  const isOn = async () => (await readFile(bridgeNetfilter, 'utf8').catch(() => '')).trim() === '1'
  if (await isOn()) return { bridgeNetfilter: true }
  await runProgram('modprobe', ['br_netfilter']).catch(() => {}) // built in, or not to be had
  await writeFile(bridgeNetfilter, '1').catch(() => {})
  return { bridgeNetfilter: await isOn() }
}

/** Lets new connections from outside through to the pods' bridge, once. Docker puts the chain there when it starts. */
export async function acceptForwarded(bridge: string): Promise<void> {
  for (const rule of rulesOf(bridge))
    if (!(await succeeds(['-w', '5', '-C', dockerUserChain, ...rule])))
      await runProgram('iptables', ['-w', '5', '-I', dockerUserChain, ...rule])
}

export async function stopAcceptingForwarded(bridge: string): Promise<void> {
  for (const rule of rulesOf(bridge)) while (await succeeds(['-w', '5', '-D', dockerUserChain, ...rule]));
}

const rulesOf = (bridge: string): string[][] => [
  ['-o', bridge, '-j', 'ACCEPT'],
  ['-i', bridge, '-j', 'ACCEPT'],
]

const succeeds = (args: string[]): Promise<boolean> =>
  runProgram('iptables', args).then(
    () => true,
    () => false,
  )
