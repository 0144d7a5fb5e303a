import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, suite, test } from 'node:test'

import { configMaps } from '@quarterdeck/api'
import { apiServerUser, createApiServer, sessionCookie, type ApiServer } from '@quarterdeck/apiserver'
import { createMemoryStore } from '@quarterdeck/storage'
import { WebSocket } from 'ws'

import { closeDeck, createDeck, type Deck } from '../deck.ts'
import { createTrpcSocket, signInCode, socketPath } from './trpc-socket.ts'
import { drainOf } from './drain-of.ts'

suite('the socket of subscriptions', () => {
  const store = createMemoryStore()
  const http = createServer()
  let server: ApiServer
  let deck: Deck
  let host = ''
  let cookie = ''
  let closeSocket = (): void => {}
  before(async () => {
    server = await createApiServer({ store })
    await server.sessions.ensureAdministrator('secret')
    deck = createDeck({ server, nodes: { request: () => Promise.reject(new Error('no node')) } })
    const trpc = createTrpcSocket({}, deck)
    closeSocket = trpc.close
    http.on('upgrade', (request, socket, head) => void (trpc.upgrade(request, socket, head) || socket.destroy()))
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    host = `127.0.0.1:${(http.address() as AddressInfo).port}`
    cookie = `${sessionCookie}=${(await server.sessions.signIn('admin', 'secret')).token}`
  })
  after(async () => {
    closeSocket()
    http.close()
    await closeDeck(deck)
    await store.close()
  })

  const connect = (headers: Record<string, string>): WebSocket => new WebSocket(`ws://${host}${socketPath}`, { headers })

  test('[DB8] a signed-in tab follows several lists over one connection', async () => {
    const socket = connect({ cookie, origin: `http://${host}` })
    const messages: { id: number; result?: { data?: { type: string; matched: number } } }[] = []
    const until = async (isThere: () => boolean): Promise<void> => {
      while (!isThere()) await once(socket, 'message')
    }
    socket.on('message', (text: Buffer) => void messages.push(JSON.parse(text.toString()) as (typeof messages)[number]))
    await once(socket, 'open')
    for (const id of [1, 2]) {
      const input = { apiVersion: 'v1', plural: id === 1 ? 'configmaps' : 'secrets', query: { namespaces: ['default'] } }
      socket.send(JSON.stringify({ id, method: 'subscription', params: { path: 'objects.window', input } }))
    }
    await until(() => [1, 2].every((id) => messages.some((message) => message.id === id && message.result?.data?.type === 'window')))
    const client = server.clientFor(apiServerUser, 'test')
    await client.create(configMaps, { metadata: { name: 'seen', namespace: 'default' } })
    await until(() => messages.some(({ id, result }) => id === 1 && result?.data?.type === 'update'))
    socket.close()
    await once(socket, 'close')
  })

  test('[DB8] whoever is not signed in is told to, and another site is refused', async () => {
    const cases: [headers: Record<string, string>, code: number][] = [
      [{ origin: `http://${host}` }, signInCode],
      [{ cookie: `${sessionCookie}=forged`, origin: `http://${host}` }, signInCode],
      [{ cookie, origin: 'http://elsewhere.example' }, 1008],
      [{ cookie }, 1008],
    ]
    for (const [headers, code] of cases) {
      const [closed] = (await once(connect(headers), 'close')) as [number]
      assert.equal(closed, code, JSON.stringify(headers))
    }
  })

  test('[DB8] a subscription waits for a reader that is behind, and not for one that is gone', async () => {
    const socket = { bufferedAmount: 10_000_000, readyState: 1, OPEN: 1 } as { bufferedAmount: number; readyState: 1 | 3; OPEN: 1 }
    let isDrained = false
    const drained = drainOf(socket)().then(() => (isDrained = true))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(isDrained, false)
    socket.bufferedAmount = 0
    await drained
    await drainOf({ ...socket, bufferedAmount: 10_000_000, readyState: 3 })()
  })
})
