import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/**
 * Lets what a pod sends to a service come back to the same pod: a bridge drops what would leave by the port it came in
 * by, unless that port is in hairpin mode. Docker sets it only when run without its userland proxy.
 */
export async function enableHairpin(bridge: string): Promise<void> {
  const { stdout } = await run('ip', ['-o', '-d', 'link', 'show', 'master', bridge])
  for (const line of stdout.split('\n')) {
    const port = /^\d+: ([^:@]+)/.exec(line)?.[1]
    if (port && line.includes('hairpin off')) await run('ip', ['link', 'set', 'dev', port, 'type', 'bridge_slave', 'hairpin', 'on'])
  }
}
