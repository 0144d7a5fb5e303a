/** What the tests need of the machine besides npm: a Docker Engine, nftables, a browser, kubectl. */
import { ensureDockerEngine } from '../../apps/quarterdeck/src/docker-engine.ts'
import { canInstall, hasProgram, installPackages } from '../../apps/quarterdeck/src/system-packages.ts'

const packagesOf: Record<string, string> = {
  nft: 'nftables',
  ip: 'iproute2',
  conntrack: 'conntrack',
  arping: 'iputils-arping',
  iptables: 'iptables',
  chromium: 'chromium',
  kubectl: 'kubernetes-client',
  'docker-registry': 'docker-registry',
}

/** Installs what is missing (as root on Debian), and starts a Docker Engine if none answers. Throws with what is missing otherwise. */
export async function ensureTestTools(): Promise<void> {
  const missing = Object.entries(packagesOf).flatMap(([program, name]) => (hasProgram(program) ? [] : [name]))
  if (missing.length > 0) {
    if (!canInstall()) throw new Error(`the tests need the packages ${missing.join(', ')}: install them, or run this as root`)
    console.log(`Installing ${missing.join(', ')}`)
    await installPackages(missing)
  }
  await ensureDockerEngine({ dataDir: '.quarterdeck', mayInstall: true, say: console.log })
}
