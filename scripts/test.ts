/**
 * Runs everything: the checks, unit and integration tests, then the product itself under kubectl and a browser.
 * `npm test -- unit|e2e|check` runs one part.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

import { buildDashboard } from './lib/prepare.mjs'
import { ensureTestTools } from './lib/test-tools.ts'

const parts: Record<string, () => number> = {
  check: () => run(process.execPath, ['scripts/check.ts']),
  unit: () => run(process.execPath, ['--test', '--test-concurrency=2', '--test-timeout=300000', ...tests('packages', 'apps')]),
  e2e: () => run(process.execPath, ['--test', '--test-concurrency=1', '--test-timeout=900000', ...tests('e2e')]),
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(`unknown part ${unknown.join(', ')}: one of ${Object.keys(parts).join(', ')}`)
  process.exit(2)
}

const names = wanted.length > 0 ? wanted : Object.keys(parts)
if (names.some((name) => name !== 'check')) await ensureTestTools()
if (names.includes('e2e')) await buildDashboard()
const failed = names.filter((name) => {
  console.log(`\n— ${name}`)
  return parts[name]!() !== 0
})
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`)
  process.exit(1)
}

function tests(...folders: string[]): string[] {
  const isOurs = (path: string): boolean => !/node_modules|\.next/.test(path)
  return globSync(
    folders.map((folder) => `${folder}/**/*.test.ts`),
    { exclude: (path) => !isOurs(path) },
  ).toSorted()
}

function run(file: string, args: string[]): number {
  return spawnSync(file, args, { stdio: 'inherit' }).status ?? 1
}
