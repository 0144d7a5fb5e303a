import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type Docker from 'dockerode'

import { importImage, inspectImage } from './images.ts'
import { type TarEntry, tarOf } from './tar.ts'

const run = promisify(execFile)

const repository = 'quarterdeck/busybox'
const tag = 'latest'
/** A small userland with a shell and a web server, for the example application and for tests. */
export const exampleImage = `${repository}:${tag}`

const candidates = ['/usr/bin/busybox', '/bin/busybox', '/usr/local/bin/busybox']

export type ExampleImageResult = 'present' | 'made' | { unavailable: string }

/**
 * Makes the example image unless the engine has it: from the machine's static busybox, or from Debian's package,
 * unpacked without installing it. Never throws for want of one: the platform works without its example.
 */
export async function ensureExampleImage(docker: Docker): Promise<ExampleImageResult> {
  if (await inspectImage(docker, exampleImage)) return 'present'
  const busybox = (await staticBusyboxHere()) ?? (await staticBusyboxFromPackage())
  if (!Buffer.isBuffer(busybox)) return { unavailable: busybox }
  await importImage(docker, { repository, tag }, tarOf(await rootFileSystem(busybox)), [
    'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'CMD ["/bin/sh"]',
  ])
  return 'made'
}

async function staticBusyboxHere(): Promise<Buffer | undefined> {
  for (const path of candidates) {
    const content = await readFile(path).catch(() => undefined)
    if (content && isStaticElf(content)) return content
  }
  return undefined
}

async function staticBusyboxFromPackage(): Promise<Buffer | string> {
  const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-busybox-'))
  try {
    const download = () => run('apt-get', ['download', 'busybox-static'], { cwd: folder, timeout: 120_000 })
    // A machine that never looked for packages has no list of them yet.
    await download().catch(async () => {
      await run('apt-get', ['update'], { timeout: 120_000 })
      await download()
    })
    const archive = (await readdir(folder)).find((name) => name.endsWith('.deb'))
    if (!archive) return 'apt-get downloaded no busybox-static package'
    await run('dpkg-deb', ['-x', archive, 'root'], { cwd: folder, timeout: 60_000 })
    for (const path of candidates) {
      const content = await readFile(join(folder, 'root', path)).catch(() => undefined)
      if (content) return content
    }
    return 'the busybox-static package holds no busybox'
  } catch (error) {
    return `this machine has no static busybox and its package could not be fetched (install busybox-static): ${(error as Error).message.split('\n')[0]}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A dynamically linked executable names an interpreter in a program header of type 3. */
export function isStaticElf(file: Buffer): boolean {
  if (file.length < 64 || file.toString('latin1', 0, 4) !== '\x7fELF' || file[4] !== 2) return false
  const offset = Number(file.readBigUInt64LE(32))
  const size = file.readUInt16LE(54)
  const count = file.readUInt16LE(56)
  for (let i = 0; i < count; i++) if (file.readUInt32LE(offset + i * size) === 3) return false
  return true
}

/** Applets are links to the one binary. Which there are, the binary itself says. */
async function rootFileSystem(busybox: Buffer): Promise<TarEntry[]> {
  const applets = await appletsOf(busybox)
  const folder = (path: string, mode = 0o755): TarEntry => ({ path: `${path}/`, mode })
  const file = (path: string, text: string): TarEntry => ({ path, mode: 0o644, content: Buffer.from(text) })
  return [
    ...['bin', 'etc', 'home', 'proc', 'sys', 'dev', 'usr', 'usr/bin', 'var', 'var/www'].map((path) => folder(path)),
    folder('root', 0o700),
    folder('tmp', 0o1777),
    { path: 'bin/busybox', mode: 0o755, content: busybox },
    ...applets.map((name) => ({ path: `bin/${name}`, mode: 0o777, link: '/bin/busybox' })),
    { path: 'usr/bin/env', mode: 0o777, link: '/bin/busybox' },
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n'),
    file('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    file('etc/nsswitch.conf', 'hosts: files dns\n'),
    file('var/www/index.html', '<!doctype html><title>Quarterdeck</title><h1>It runs.</h1>\n'),
  ]
}

async function appletsOf(busybox: Buffer): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-busybox-'))
  try {
    const path = join(folder, 'busybox')
    await writeFile(path, busybox, { mode: 0o755 })
    const { stdout } = await run(path, ['--list'])
    return stdout.split('\n').filter((name) => name && name !== 'busybox' && !name.includes('/'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
