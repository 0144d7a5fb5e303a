// The steps that come before the product itself, each skipped when nothing it depends on has changed.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

const stamps = join(root, 'node_modules/.quarterdeck')

export function pinnedNode() {
  return join(root, 'node_modules/.bin/node')
}

export async function installDependencies() {
  await once('install', ['package.json', 'package-lock.json', ...workspaceManifests()], 'Installing dependencies', async () => {
    // As the lock file says, without touching it. `npm ci` would also demand the optional packages of every other
    // platform, which a registry mirror need not have.
    await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'])
  })
  if (!existsSync(pinnedNode())) throw new Error('the pinned Node is missing from node_modules: run "npm ci" with install scripts allowed')
}

export async function generate() {
  await once(
    'generate',
    ['package-lock.json', 'packages/api/scripts', 'packages/api/src/schema-extensions.ts', 'prisma/schema.prisma'],
    'Generating the API types',
    async () => {
      for (const manifest of workspaceManifests()) {
        const { name, scripts } = JSON.parse(readFileSync(join(root, manifest), 'utf8'))
        if (scripts?.generate) await run('npm', ['run', '--silent', 'generate', '-w', name])
      }
    },
    existsSync(join(root, 'packages/api/src/generated/types.ts')),
  )
}

const dashboardSources = ['package-lock.json', 'apps/web', 'packages/ui', 'packages/trpc', 'packages/api', 'packages/api-machinery']

export async function buildDashboard() {
  await once(
    'dashboard',
    dashboardSources,
    'Building the dashboard',
    async () => {
      rmSync(join(root, 'apps/web/.next/BUILD_ID'), { force: true })
      await run('npm', ['run', '--silent', 'build', '-w', '@quarterdeck/web'])
    },
    existsSync(join(root, 'apps/web/.next/BUILD_ID')),
  )
}

/** Runs a step unless its inputs are what they were the last time it succeeded and its output is there. */
async function once(name, inputs, title, step, hasOutput = true) {
  const stamp = join(stamps, name)
  const fingerprint = fingerprintOf(inputs)
  if (hasOutput && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return
  const start = Date.now()
  process.stdout.write(`  ${title} …\n`)
  await step()
  mkdirSync(stamps, { recursive: true })
  writeFileSync(stamp, fingerprint)
  process.stdout.write(`✔ ${title} (${((Date.now() - start) / 1000).toFixed(1)} s)\n`)
}

function fingerprintOf(paths) {
  const hash = createHash('sha256')
  for (const path of paths) addToFingerprint(hash, join(root, path))
  return hash.digest('hex')
}

const skipped = new Set(['node_modules', '.next', 'generated', '.turbo', 'next-env.d.ts'])

function addToFingerprint(hash, path) {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) return
  if (!info.isDirectory()) {
    if (path.endsWith('.tsbuildinfo')) return
    hash.update(path).update(readFileSync(path))
    return
  }
  for (const entry of readdirSync(path).sort()) if (!skipped.has(entry)) addToFingerprint(hash, join(path, entry))
}

function workspaceManifests() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return workspaces.flatMap((pattern) => {
    if (!pattern.endsWith('/*')) return [`${pattern}/package.json`]
    const folder = pattern.slice(0, -2)
    return readdirSync(join(root, folder))
      .sort()
      .map((entry) => `${folder}/${entry}/package.json`)
      .filter((file) => existsSync(join(root, file)))
  })
}

/** Runs a program; what it prints is shown only if it fails. */
function run(file, args) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, NEXT_TELEMETRY_DISABLED: '1' }
    const child = spawn(file, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk) => (output = (output + chunk).slice(-4_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => reject(new Error(`${file} could not be run: ${error.message}`)))
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${file} ${args.join(' ')} failed with code ${code}:\n${output}`)),
    )
  })
}
