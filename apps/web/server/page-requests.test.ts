import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'

import { isThere, refusalOf } from './page-requests.ts'

function requestOf(url: string, method = 'GET'): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  return Object.assign(request, { url, method })
}

test('[DB30] pages are read; what is not well encoded, or is to change something, is refused', () => {
  const cases: [url: string, method: string, status: number | undefined][] = [
    ['/pods', 'GET', undefined],
    ['/pods', 'HEAD', undefined],
    ['/pods', 'POST', 405],
    ['/nosuch', 'DELETE', 405],
    ['/api/trpc/session.signIn', 'POST', undefined],
    ['/%E0%A4%A', 'GET', 400],
    ['/pods?q=%E0%A4%A', 'GET', undefined],
  ]
  for (const [url, method, status] of cases) assert.equal(refusalOf(requestOf(url, method))?.status, status, `${method} ${url}`)
})

test('[DB30] only pages of kinds and objects are looked for', async () => {
  const asked: object[] = []
  const ask = (url: string): Promise<boolean> =>
    isThere(requestOf(url), (address) => {
      asked.push(address)
      return Promise.resolve(false)
    })
  for (const url of ['/', '/apply?example=1', '/sign-in?next=/pods', '/_next/static/x.js', '/api/trpc/kinds.list', '/icon.svg'])
    assert.equal(await ask(url), true, url)
  assert.equal(await ask('/a/b/c/d'), false)
  assert.deepEqual(asked, [])
  for (const url of ['/pods?q=x', '/nodes/n1', '/pods/default/a%2Db?tab=logs', '/pods/default/gone?tab=history'])
    assert.equal(await ask(url), false, url)
  assert.deepEqual(asked, [
    { page: 'list', resource: 'pods', namespace: '', name: '' },
    { page: 'detail', resource: 'nodes', namespace: '', name: 'n1' },
    { page: 'detail', resource: 'pods', namespace: 'default', name: 'a-b' },
    { page: 'detail', resource: 'pods', namespace: '', name: '' },
  ])
})
