import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { SettingError } from '@quarterdeck/process'

/** Whether a program is on PATH, or where Debian puts those of the system. */
export function hasProgram(name: string): boolean {
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((dir) => existsSync(join(dir, name)))
}

export function canInstall(): boolean {
  return process.getuid?.() === 0 && hasProgram('apt-get')
}

/** Installs Debian packages. Throws SettingError with the end of what apt-get said. */
export async function installPackages(packages: readonly string[]): Promise<void> {
  const install = ['install', '-y', '--no-install-recommends', ...packages]
  if ((await aptGet(install)).code === 0) return
  await aptGet(['update'])
  const { code, output } = await aptGet(install)
  if (code !== 0) throw new SettingError(`apt-get could not install ${packages.join(', ')}: ${output.trim().split('\n').at(-1) ?? ''}`)
}

function aptGet(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('apt-get', ['-q', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-4000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.on('error', (error) => resolve({ code: 1, output: error.message }))
    child.on('exit', (code) => resolve({ code: code ?? 1, output }))
  })
}
