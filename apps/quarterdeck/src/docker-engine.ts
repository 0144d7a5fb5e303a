import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { SettingError } from '@quarterdeck/process'

import { canInstall, hasProgram, installPackages } from './system-packages.ts'

const startTimeoutMs = 60_000
const defaultSocket = '/var/run/docker.sock'

export interface DockerEngineOptions {
  dataDir: string
  mayInstall: boolean
  say: (line: string) => void
}

/** Path of the Docker socket that is to be used. Throws SettingError for a DOCKER_HOST that is no socket. */
export function dockerSocket(): string {
  const host = process.env.DOCKER_HOST
  if (!host) return defaultSocket
  if (host.startsWith('unix://')) return host.slice('unix://'.length)
  throw new SettingError(`DOCKER_HOST is ${host}: the node's Docker Engine must be on this machine, reached by a unix:// socket`)
}

/**
 * Makes sure that a Docker Engine answers: the one that is there, or, as root on Debian, one that is installed and
 * started. Throws SettingError that says what to do.
 */
export async function ensureDockerEngine(options: DockerEngineOptions): Promise<void> {
  const socket = dockerSocket()
  if (await answers(socket)) return
  const advice = 'install and start Docker Engine (on Debian and Ubuntu: apt-get install docker.io), or run this as root'
  if (process.env.DOCKER_HOST) throw new SettingError(`no Docker Engine answers at ${process.env.DOCKER_HOST}`)
  if (!hasProgram('dockerd')) {
    if (!options.mayInstall || !canInstall()) throw new SettingError(`Docker Engine is missing: ${advice}`)
    options.say('Docker Engine is missing: installing the packages docker.io and iptables')
    await installPackages(['docker.io', 'iptables'])
    if (await answersWithin(socket, 3_000)) return
  }
  if (process.getuid?.() !== 0) throw new SettingError(`Docker Engine is not running: ${advice}`)
  await startEngine(options)
  if (!(await answersWithin(socket, startTimeoutMs))) throw new SettingError(`Docker Engine did not start: see ${logFile(options.dataDir)}`)
}

/** Through the service manager where there is one, else by hand, as a process that outlives this one. */
async function startEngine({ dataDir, say }: DockerEngineOptions): Promise<void> {
  if (hasProgram('systemctl') && (await run('systemctl', ['start', 'docker']))) return
  say('Docker Engine is not running: starting it')
  mkdirSync(dataDir, { recursive: true })
  const log = openSync(logFile(dataDir), 'a')
  spawn('dockerd', [], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  }).unref()
  closeSync(log)
}

function logFile(dataDir: string): string {
  return join(dataDir, 'dockerd.log')
}

function run(file: string, args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: 'ignore' })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}

async function answersWithin(socket: string, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(200)) if (await answers(socket)) return true
  return false
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath, path: '/_ping', timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    ping.on('error', () => resolve(false))
    ping.on('timeout', () => ping.destroy())
    ping.end()
  })
}
