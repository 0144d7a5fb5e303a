import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

import { createHttpClient, type Client } from '@quarterdeck/client'
import { createMemoryStore, type ObjectStore } from '@quarterdeck/storage'
import { Agent, request } from 'undici'

import { createApiServer, type ApiServer } from '../api-server.ts'
import { createAuthenticator } from '../auth/authenticator.ts'
import { mastersGroup } from '../auth/user.ts'
import type { NodeConnections } from '../node-connections.ts'
import { createRestHandler } from '../rest/handler.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body parsed, if it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers of every shape
  json: any
}

export interface CallOptions {
  /** Text and bytes are sent as they are, all else as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /** Absent: the administrator's certificate. */
  as?: 'nobody' | { token: string }
}

/** An API server on a TLS port of this machine, over a store in memory unless another is given. */
export interface RestServer {
  url: string
  api: ApiServer
  /** The administrator's client, over REST. */
  client: Client
  caPem: string
  admin: { certificatePem: string; keyPem: string }
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  close(): Promise<void>
}

export async function startRestServer(store: ObjectStore = createMemoryStore(), nodes?: NodeConnections): Promise<RestServer> {
  const api = await createApiServer({ store, ...(nodes ? { nodes } : {}) })
  const { authority } = api.identity
  const serving = await authority.issueServer(['127.0.0.1'], 1)
  const admin = await authority.issueClient('admin', [mastersGroup], 1)
  const handler = createRestHandler({ server: api, authenticate: createAuthenticator(api.tokens) })
  const server = createServer(
    {
      key: serving.keyPem,
      cert: serving.certificatePem,
      ca: [authority.certificatePem],
      requestCert: true,
      rejectUnauthorized: false,
      shouldUpgradeCallback: ({ url = '/' }) => handler.isUpgradable(url),
    },
    handler.handle,
  )
  server.on('upgrade', (request, socket, head) => handler.upgrade(request, socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const caPem = authority.certificatePem
  const asAdmin = new Agent({ connect: { ca: caPem, cert: admin.certificatePem, key: admin.keyPem } })
  const asNobody = new Agent({ connect: { ca: caPem } })
  const client = createHttpClient({ url, caPem, ...admin, userAgent: 'test' })

  return {
    url,
    api,
    client,
    caPem,
    admin,
    async call(method, path, { body, headers = {}, as } = {}) {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array
      const {
        statusCode,
        headers: answered,
        body: stream,
      } = await request(url + path, {
        method: method as 'GET',
        dispatcher: as ? asNobody : asAdmin,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(typeof as === 'object' ? { authorization: `Bearer ${as.token}` } : {}),
          ...headers,
        },
        body: body === undefined ? null : isRaw ? body : JSON.stringify(body),
      })
      const text = await stream.text()
      return { status: statusCode, headers: answered, text, json: parsed(text) }
    },
    async close() {
      await client.close()
      await Promise.all([asAdmin.destroy(), asNobody.destroy()])
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await store.close()
    },
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
