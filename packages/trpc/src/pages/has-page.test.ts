import assert from 'node:assert/strict'
import { test } from 'node:test'

import { configMaps } from '@quarterdeck/api'
import { createApiServer, apiServerUser } from '@quarterdeck/apiserver'
import { forbidden } from '@quarterdeck/api-machinery'
import { createMemoryStore } from '@quarterdeck/storage'

import { closeDeck, createDeck } from '../deck.ts'
import { hasPage } from './has-page.ts'

test('[DB30] a page is there for a kind that is served and an object that exists, as far as the reader may know', async (t) => {
  const store = createMemoryStore()
  const server = await createApiServer({ store })
  const deck = createDeck({ server, nodes: { request: () => Promise.reject(new Error('no node')) } })
  t.after(async () => {
    await closeDeck(deck)
    await store.close()
  })
  await server.clientFor(apiServerUser, 'test').create(configMaps, { metadata: { name: 'here', namespace: 'default' } })
  server.tokens.verify = () => Promise.resolve(apiServerUser)
  const signedIn = new Request('http://deck/', { headers: { authorization: 'Bearer token' } })
  const stranger = new Request('http://deck/')
  const cases: [path: string, request: Request, isThere: boolean][] = [
    ['configmaps', signedIn, true],
    ['configmaps', stranger, true],
    ['nosuch', signedIn, false],
    ['swagger.json', stranger, false],
    ['configmaps/default/here', signedIn, true],
    ['configmaps/default/gone', signedIn, false],
    ['configmaps/default/gone', stranger, true],
    ['configmaps//here', signedIn, false],
    ['namespaces//default', signedIn, true],
    ['namespaces/default/default', signedIn, false],
  ]
  for (const [path, request, isThere] of cases) {
    const [resource = '', namespace = '', name = ''] = path.split('/')
    assert.equal(await hasPage(deck, { resource, namespace, name }, request), isThere, path)
  }
  server.core.authorize = () => {
    throw forbidden({ group: '', resource: 'configmaps' }, 'gone', 'not for you')
  }
  assert.equal(await hasPage(deck, { resource: 'configmaps', namespace: 'default', name: 'gone' }, signedIn), true, 'it may not know')
})
