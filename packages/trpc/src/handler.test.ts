import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { createApiServer } from '@quarterdeck/apiserver'
import { createMemoryStore, type ObjectStore } from '@quarterdeck/storage'

import { createTrpcHandler } from './handler.ts'

const site = 'https://deck.example'

describe('the tRPC handler', () => {
  let store: ObjectStore
  let handle: (request: Request) => Promise<Response>
  before(async () => {
    store = createMemoryStore()
    const server = await createApiServer({ store })
    await server.sessions.ensureAdministrator('correct')
    handle = createTrpcHandler({ server, nodes: { request: () => Promise.reject(new Error('no node')) } })
  })
  after(() => store.close())

  const post = (path: string, input: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    handle(
      new Request(`${site}/api/trpc/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: 'deck.example', origin: site, ...headers },
        body: JSON.stringify(input),
      }),
    )
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    handle(new Request(`${site}/api/trpc/${path}`, { headers }))
  const signIn = (password: string): Promise<Response> => post('session.signIn', { userName: 'admin', password })

  test('gives a session that scripts and other sites cannot use', async () => {
    const cookie = (await signIn('correct')).headers.get('set-cookie') ?? ''
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/']) assert.ok(cookie.includes(part), part)
    const me = await get('session.me', { cookie: cookie.split(';')[0]! })
    assert.equal(me.status, 200)
    assert.match(await me.text(), /"userName":"admin"/)
  })

  for (const [what, cookie] of [
    ['no session', ''],
    ['a forged session', 'quarterdeck_session=abc.def.ghi'],
  ] as const)
    test(`answers 401 to ${what}, with a Kubernetes status`, async () => {
      const answer = await get('kinds.list', { cookie })
      assert.equal(answer.status, 401)
      assert.match(await answer.text(), /"reason":"Unauthorized"/)
    })

  test('answers 401 to a wrong password', async () => {
    assert.equal((await signIn('wrong')).status, 401)
  })

  test('refuses a change that comes from another site, whatever cookie it carries', async () => {
    const cookie = (await signIn('correct')).headers.get('set-cookie')!.split(';')[0]!
    for (const origin of ['https://evil.example', 'null', 'not a url']) {
      const answer = await post(
        'objects.delete',
        { targets: [{ apiVersion: 'v1', plural: 'namespaces', name: 'default' }] },
        { cookie, origin },
      )
      assert.equal(answer.status, 403, origin)
    }
  })

  test('answers 413 to a body that is too large', async () => {
    const answer = await post('session.signIn', { userName: 'x'.repeat(17 * 1024 * 1024), password: '' })
    assert.equal(answer.status, 413)
    const { error } = (await answer.json()) as { error: { message: string; data: { code: string } } }
    assert.equal(error.data.code, 'PAYLOAD_TOO_LARGE')
    assert.equal(error.message, 'the request is too large: 16 MiB at once are the limit')
  })

  test('answers 400 to input of the wrong form', async () => {
    const cookie = (await signIn('correct')).headers.get('set-cookie')!.split(';')[0]!
    const answer = await post('objects.scale', { targets: [{ apiVersion: 'v1', plural: 'pods', name: 'x' }], replicas: -1 }, { cookie })
    assert.equal(answer.status, 400)
    assert.match(await answer.text(), /"message":"replicas: Too small: expected number to be >=0"/)
  })
})
