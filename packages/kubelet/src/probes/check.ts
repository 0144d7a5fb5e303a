import http from 'node:http'
import https from 'node:https'
import net from 'node:net'

import type { V1Container, V1HTTPGetAction, V1TCPSocketAction } from '@quarterdeck/api'

/** What a check of a container found. `message` says why it failed. */
export interface CheckResult {
  ok: boolean
  message: string
}

const maxBodyBytes = 10 * 1024

export interface CheckTarget {
  container: V1Container
  podIp: string
  timeoutMs: number
}

/** A port by number, or by the name one of the container's ports has. */
export function portOf(container: V1Container, port: number | string): number {
  if (typeof port === 'number') return port
  const named = container.ports?.find((candidate) => candidate.name === port)?.containerPort
  const number = named ?? Number(port)
  if (!Number.isInteger(number) || number <= 0) throw new Error(`couldn't find port: ${port} in container ${container.name}`)
  return number
}

/** Any status from 200 to 399 is a success. Certificates are not verified. */
export function checkHttp(action: V1HTTPGetAction, target: CheckTarget): Promise<CheckResult> {
  const scheme = (action.scheme ?? 'HTTP').toLowerCase()
  const host = action.host ?? target.podIp
  const port = portOf(target.container, action.port)
  const headers: Record<string, string | string[]> = { 'User-Agent': 'kube-probe/1.36', Accept: '*/*', Connection: 'close' }
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value
  const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`
  const url = `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`
  return new Promise((resolve) => {
    const options = {
      method: 'GET',
      headers,
      agent: false as const,
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(target.timeoutMs),
    }
    const request = (scheme === 'https' ? https : http).request(url, options, (response) => {
      const status = response.statusCode ?? 0
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > maxBodyBytes) request.destroy()
      })
      response.on('close', () =>
        resolve(
          status >= 200 && status < 400
            ? { ok: true, message: '' }
            : { ok: false, message: `HTTP probe failed with statuscode: ${status}` },
        ),
      )
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({
        ok: false,
        message: `Get "${url}": ${error.name === 'AbortError' || error.name === 'TimeoutError' ? 'context deadline exceeded' : dialMessage(error, host, port)}`,
      }),
    )
    request.end()
  })
}

export function checkTcp(action: V1TCPSocketAction, target: CheckTarget): Promise<CheckResult> {
  const host = action.host ?? target.podIp
  const port = portOf(target.container, action.port)
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: target.timeoutMs })
    const end = (result: CheckResult) => {
      socket.destroy()
      resolve(result)
    }
    socket.on('connect', () => end({ ok: true, message: '' }))
    socket.on('timeout', () => end({ ok: false, message: `dial tcp ${host}:${port}: i/o timeout` }))
    socket.on('error', (error: NodeJS.ErrnoException) => end({ ok: false, message: dialMessage(error, host, port) }))
  })
}

function dialMessage(error: NodeJS.ErrnoException, host: string, port: number): string {
  return error.code === 'ECONNREFUSED' ? `dial tcp ${host}:${port}: connect: connection refused` : error.message
}
