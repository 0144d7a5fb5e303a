/**
 * `npm run bench` runs every benchmark, `npm run bench -- rest scheduler` the named ones; what follows a name and is none itself goes
 * to it: `npm run bench -- scheduler basic preemption`. Each prints its own table.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const all = readdirSync(here).filter((name) => existsSync(join(here, name, 'run.ts')))
const runs: { name: string; args: string[] }[] = []
for (const arg of process.argv.slice(2)) {
  const last = runs.at(-1)
  if (all.includes(arg)) runs.push({ name: arg, args: [] })
  else if (last && arg !== '--help') last.args.push(arg)
  else {
    console.log(`Benchmarks: ${all.join(', ')}`)
    process.exit(arg === '--help' ? 0 : 2)
  }
}
let failures = 0
for (const { name, args } of runs.length > 0 ? runs : all.map((each) => ({ name: each, args: [] }))) {
  console.log(`\n— ${name}`)
  if (spawnSync(process.execPath, [join(here, name, 'run.ts'), ...args], { stdio: 'inherit' }).status !== 0) failures++
}
process.exit(failures === 0 ? 0 : 1)
