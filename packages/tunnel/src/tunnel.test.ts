import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'

import { isApiError } from '@quarterdeck/api-machinery'

import { connectTunnel, type TunnelHandler } from './tunnel-client.ts'
import { createTunnelHub, type TunnelHub } from './tunnel-hub.ts'

const handler: TunnelHandler = (request, response) => {
  const url = new URL(request.url, 'http://node')
  if (url.pathname === '/hello') {
    response.setHeader('x-query', url.search)
    response.writeHead(201)
    response.end('hello')
  } else if (url.pathname === '/big') {
    let left = Number(url.searchParams.get('chunks'))
    const more = (): void => {
      while (left > 0) {
        left--
        if (!response.write(Buffer.alloc(64 * 1024, 'x'))) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  } else if (url.pathname === '/echo') {
    response.writeHead(200)
    request.on('data', (chunk: Buffer) => response.write(chunk))
    request.on('end', () => response.end())
  } else if (url.pathname === '/hang') {
    response.writeHead(200)
    response.write('first')
  }
}

void describe('the tunnel', () => {
  let server: Server
  let hub: TunnelHub
  let url: string
  const stop = new AbortController()
  const connected = new Map<string, () => void>()

  function dial(name: string, signal: AbortSignal = stop.signal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    connected.set(name, resolve)
    void connectTunnel({ url: `${url}/${name}`, handler, headers: () => ({ authorization: 'Bearer x' }), signal })
    return promise
  }

  before(async () => {
    hub = createTunnelHub()
    server = createServer()
    server.on('upgrade', (request, socket: Duplex, head) => {
      assert.equal(request.headers.authorization, 'Bearer x')
      const name = request.url?.split('/').pop() ?? ''
      hub.handleUpgrade(request, socket, head, name)
      connected.get(name)?.()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    await dial('n1')
  })
  after(() => {
    stop.abort()
    hub.close()
    server.close()
    server.closeAllConnections()
  })

  void test('[K1] a request to a node that is not connected is answered with ServiceUnavailable', async () => {
    await assert.rejects(hub.request('absent', { method: 'GET', path: '/' }), (error) => isApiError(error, 'ServiceUnavailable'))
  })

  void test('a node answers with status, headers and body', async () => {
    const response = await hub.request('n1', { method: 'GET', path: '/hello?a=b' })
    assert.equal(response.status, 201)
    assert.equal(response.headers['x-query'], '?a=b')
    assert.equal(await text(response.body), 'hello')
  })

  void test('many answers share the connection, large ones included', async () => {
    const sizes = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { body } = await hub.request('n1', { method: 'GET', path: '/big?chunks=40' })
        let size = 0
        for await (const chunk of body as AsyncIterable<Buffer>) size += chunk.length
        return size
      }),
    )
    assert.deepEqual(new Set(sizes), new Set([40 * 64 * 1024]))
  })

  void test('[K2] a reader that stops does not stop the others', async () => {
    const stalled = await hub.request('n1', { method: 'GET', path: '/big?chunks=1000' })
    const { body } = await hub.request('n1', { method: 'GET', path: '/hello' })
    assert.equal(await text(body), 'hello')
    stalled.body.destroy()
  })

  void test('an open stream carries both directions, and each ends by itself', async () => {
    const { stream } = await hub.open('n1', { method: 'POST', path: '/echo' })
    stream.write('ping')
    const [chunk] = (await once(stream, 'data')) as [Buffer]
    assert.equal(chunk.toString(), 'ping')
    stream.end()
    await once(stream.resume(), 'end')
  })

  void test('a request that is aborted ends', async () => {
    const abort = new AbortController()
    const { body } = await hub.request('n1', { method: 'GET', path: '/hang', signal: abort.signal })
    await once(body, 'data')
    abort.abort()
    await once(body, 'close')
  })

  void test('a node that dials again takes the place of its old connection, and one that leaves is no longer connected', async () => {
    const own = new AbortController()
    await dial('n2', own.signal)
    const hanging = await hub.request('n2', { method: 'GET', path: '/hang' })
    hanging.body.on('error', () => {})
    const second = new AbortController()
    await dial('n2', second.signal)
    own.abort()
    await once(hanging.body.resume(), 'close')
    const { body } = await hub.request('n2', { method: 'GET', path: '/hello' })
    assert.equal(await text(body), 'hello')
    second.abort()
    while (hub.isConnected('n2')) await new Promise((resolve) => setImmediate(resolve))
  })
})
