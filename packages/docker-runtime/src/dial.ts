import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'

import { RuntimeError } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'

const connectTimeoutMs = 10_000
const loopback = '127.0.0.1'

/**
 * Connects to a port of a sandbox. Most programs listen on all addresses and are reached at the pod's own; what listens on the loopback
 * address alone is reached from inside the sandbox's network, by a process that enters it.
 */
export async function dialSandbox(docker: Docker, id: string, port: number): Promise<Duplex> {
  const { State, HostConfig, NetworkSettings } = await call('looking at the sandbox', () => docker.getContainer(id).inspect())
  const isOnHost = HostConfig.NetworkMode === 'host'
  const address = isOnHost ? loopback : Object.values(NetworkSettings.Networks)[0]?.IPAddress
  try {
    // Each direction ends by itself: what has answered may be read after it has stopped listening.
    return await connected(connect({ host: address || loopback, port, allowHalfOpen: true }))
  } catch (error) {
    if (isOnHost || (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw refused(port, error)
  }
  return fromInside(State.Pid, port)
}

async function connected(socket: Socket): Promise<Socket> {
  socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('timed out')))
  await once(socket, 'connect')
  socket.setTimeout(0)
  return socket
}

const refused = (port: number, cause: unknown): RuntimeError =>
  new RuntimeError('Unavailable', `connecting to port ${port}: ${(cause as Error).message}`, { cause })

/** What runs inside: connects, says so with a line, and passes on what comes. */
const program = `
const { connect } = require('node:net')
const socket = connect({ port: +process.argv[1], host: '${loopback}', allowHalfOpen: true }, () => {
  process.stdout.write('+')
  process.stdin.pipe(socket)
  socket.pipe(process.stdout)
})
socket.on('error', (error) => { process.stderr.write(error.message); process.exitCode = 1; process.stdin.destroy() })
`

async function fromInside(pid: number, port: number): Promise<Duplex> {
  const child = spawn('nsenter', ['--target', String(pid), '--net', process.execPath, '-e', program, String(port)], { stdio: 'pipe' })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk).slice(0, 1000)))
  const ended = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(refused(port, error)))
    child.once('exit', () => reject(refused(port, new Error(complaint || 'connection refused'))))
  })
  ended.catch(() => {})
  await Promise.race([once(child.stdout, 'readable'), ended])
  if (child.stdout.read(1) === null) await ended
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.once('close', () => child.kill())
  return stream
}
