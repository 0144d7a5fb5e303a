/** Everything that can be said of the code without running it. All checks run, even when one fails. */
import { spawnSync } from 'node:child_process'

const checks: [name: string, command: string, args: string[]][] = [
  ['types', 'npm', ['run', '--silent', 'typecheck']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings', '--quiet']],
  ['format', 'oxfmt', ['--check']],
  ['boundaries', 'turbo', ['boundaries', '--no-color']],
  ['dead code', 'knip', ['--no-progress', '--no-config-hints']],
]

const failed: string[] = []
for (const [name, command, args] of checks) {
  const start = performance.now()
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    maxBuffer: 64 * 1024 * 1024,
  })
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(`${status === 0 ? '✔' : '✘'} ${name} (${seconds} s)`)
  if (status === 0) continue
  failed.push(name)
  console.log(error ? error.message : `${stdout}${stderr}`)
}
if (failed.length > 0) {
  console.error(`check failed: ${failed.join(', ')}`)
  process.exit(1)
}
