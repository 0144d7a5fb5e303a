// Brings a fresh clone to the point where the pinned Node can run the product, then hands over to it.
// Runs on any Node from 20 on, before anything is installed: it may use nothing but Node itself.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

import { buildDashboard, generate, installDependencies, pinnedNode, root } from './lib/prepare.mjs'

const commands = {
  start: { needs: [generate, buildDashboard], run: ['apps/quarterdeck/src/main.ts'] },
  dev: { needs: [generate], run: ['apps/quarterdeck/src/main.ts', '--dev'] },
  test: { needs: [generate], run: ['scripts/test.ts'] },
  check: { needs: [generate], run: ['scripts/check.ts'] },
  bench: { needs: [generate, buildDashboard], run: ['bench/main.ts'] },
}

const [name = '', ...args] = process.argv.slice(2)
const command = commands[name]
if (!command) fail(`unknown command ${JSON.stringify(name)}: one of ${Object.keys(commands).join(', ')}`)
const oldest = 20
if (Number(process.versions.node.split('.')[0]) < oldest) fail(`Node.js ${process.versions.node} is too old: ${oldest} or newer is needed`)

try {
  await installDependencies()
  const wantsHelp = args.includes('--help') || args.includes('-h')
  for (const step of wantsHelp ? [generate] : command.needs) await step()
} catch (error) {
  fail(error.message)
}

const bin = join(root, 'node_modules/.bin')
const child = spawn(pinnedNode(), [...command.run, ...args], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: '1' },
})
// The child gets a terminal's Ctrl-C itself; it decides when all is stopped.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => signal === 'SIGINT' || child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))

function fail(message) {
  console.error(`quarterdeck: ${message}`)
  process.exit(1)
}
