import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream'

import { unavailable } from '@quarterdeck/api-machinery'

import type { Answer } from '../endpoints/endpoint.ts'
import { upgradeOf, type Http } from './http-exchange.ts'

/** What concerns one connection alone (RFC 9110, 7.6.1), and what is meant for this server. */
const notPassedOn = ['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'authorization', 'cookie']

export interface ProxiedPath {
  /** The path of the proxy itself. */
  base: string
  /** What follows it, with the query. */
  rest: string
}

/** Passes a request on as it comes, and the answer back; other protocols (WebSockets) pass through. */
export async function proxyRequest({ dial, host }: Answer & { type: 'proxy' }, http: Http, { base, rest }: ProxiedPath): Promise<void> {
  const { request, response } = http
  const path = rest.startsWith('/') ? rest : `/${rest}`
  if (!rest.startsWith('/') && (request.method === 'GET' || request.method === 'HEAD')) {
    response.writeHead(301, { Location: `${base}/${rest}`, 'Content-Length': 0 }).end()
    return
  }
  const socket = await dial()
  const headers: OutgoingHttpHeaders = { ...request.headers, host }
  for (const name of notPassedOn) delete headers[name]
  for (const name of Object.keys(headers)) if (name.startsWith('impersonate-')) delete headers[name]
  if (http.upgrade) Object.assign(headers, { connection: 'Upgrade' })
  const passed = httpRequest({ method: request.method, path, headers, createConnection: () => socket })
  response.once('close', () => passed.destroy())
  if (http.upgrade) passed.end()
  else pipeline(request, passed, () => {})
  await new Promise<void>((resolve, reject) => {
    passed.once('error', (error) => {
      socket.destroy()
      if (response.headersSent) return resolve()
      reject(unavailable(`error trying to reach service: ${error.message}`))
    })
    passed.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answeredHeaders(answer, base, host))
      pipeline(answer, response, () => resolve())
    })
    passed.once('upgrade', (answer, upstream, head) => {
      if (http.upgrade) switchProtocols(http, { answer, upstream, head })
      else upstream.destroy()
      resolve()
    })
  })
}

interface Switched {
  answer: IncomingMessage
  upstream: Duplex
  head: Buffer
}

function switchProtocols(http: Http, { answer, upstream, head }: Switched): void {
  const { socket: client, head: sent } = upgradeOf(http)
  const lines = Array.from(
    { length: answer.rawHeaders.length / 2 },
    (_, i) => `${answer.rawHeaders[2 * i]}: ${answer.rawHeaders[2 * i + 1]}`,
  )
  client.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) client.write(head)
  if (sent.length > 0) upstream.write(sent)
  pipeline(client, upstream, () => upstream.destroy())
  pipeline(upstream, client, () => client.destroy())
}

/** A redirect to the same host is one to the same proxy. */
function answeredHeaders({ headers }: IncomingMessage, base: string, host: string): OutgoingHttpHeaders {
  const answered: OutgoingHttpHeaders = { ...headers }
  for (const name of ['connection', 'keep-alive', 'set-cookie']) delete answered[name]
  const { location } = headers
  if (location) answered['location'] = location.replace(new RegExp(`^(https?://${host.replaceAll('.', '\\.')})?/`), `${base}/`)
  return answered
}
