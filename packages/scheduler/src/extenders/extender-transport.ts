import { readFileSync } from 'node:fs'
import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

import type { ExtenderConfiguration, ExtenderTls } from '../configuration/configuration.ts'

/** Posts JSON to a verb of the extender; resolves with the answer, parsed. */
export type ExtenderTransport = (verb: string, body: unknown) => Promise<unknown>

/** Connections are kept for the next question. Reads the files of tlsConfig at once; throws if one can't be read. */
export function createExtenderTransport(configuration: ExtenderConfiguration, timeoutMs: number): ExtenderTransport {
  const prefix = configuration.urlPrefix.replace(/\/+$/, '')
  const isSecure = prefix.startsWith('https:')
  const agent = isSecure ? new HttpsAgent({ keepAlive: true, ...tlsOptions(configuration) }) : new HttpAgent({ keepAlive: true })
  return async (verb, body) => {
    const url = `${prefix}/${verb}`
    const { code, answer } = await post(url, JSON.stringify(body), { agent, isSecure, timeoutMs })
    if (code !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${code}`)
    return JSON.parse(answer) as unknown
  }
}

async function post(
  url: string,
  body: string,
  { agent, isSecure, timeoutMs }: { agent: HttpAgent; isSecure: boolean; timeoutMs: number },
): Promise<{ code: number | undefined; answer: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | undefined; answer: string }>()
  const request = (isSecure ? httpsRequest : httpRequest)(
    url,
    {
      method: 'POST',
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    },
    (response) => void text(response).then((answer) => resolve({ code: response.statusCode, answer }), reject),
  )
  request.on('error', reject)
  request.end(body)
  return promise
}

/** Without an authority of its own a server is trusted as it is, as kube-scheduler does with enableHTTPS. */
function tlsOptions({ enableHTTPS = false, tlsConfig = {} }: ExtenderConfiguration) {
  const ca = pemOf(tlsConfig, 'ca')
  const cert = pemOf(tlsConfig, 'cert')
  const key = pemOf(tlsConfig, 'key')
  return {
    rejectUnauthorized: !(tlsConfig.insecure ?? (enableHTTPS && !ca)),
    ...(tlsConfig.serverName ? { servername: tlsConfig.serverName } : {}),
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
  }
}

function pemOf(tls: ExtenderTls, what: 'ca' | 'cert' | 'key'): string | undefined {
  const data = tls[`${what}Data`]
  const file = tls[`${what}File`]
  if (data) return Buffer.from(data, 'base64').toString()
  return file ? readFileSync(file, 'utf8') : undefined
}
