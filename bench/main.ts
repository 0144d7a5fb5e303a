/** `npm run bench` runs every benchmark, `npm run bench -- rest scheduler` the named ones. Each prints its own table. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const all = readdirSync(here).filter((name) => existsSync(join(here, name, 'run.ts')))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0 || wanted.includes('--help')) {
  console.log(`Benchmarks: ${all.join(', ')}`)
  process.exit(unknown.length > 0 ? 2 : 0)
}
let failures = 0
for (const name of wanted.length > 0 ? wanted : all) {
  console.log(`\n— ${name}`)
  if (spawnSync(process.execPath, [join(here, name, 'run.ts')], { stdio: 'inherit' }).status !== 0) failures++
}
process.exit(failures === 0 ? 0 : 1)
