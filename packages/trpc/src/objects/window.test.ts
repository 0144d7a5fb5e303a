import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { pods, type Pod } from '@quarterdeck/api'
import { isApiError, type Draft } from '@quarterdeck/api-machinery'
import { TRPCError } from '@trpc/server'

import type { WindowMessage } from '../live/window.ts'
import { openTestDeck } from '../testing.ts'

const kind = { apiVersion: 'v1', plural: 'pods' }

function podNamed(name: string, labels: Record<string, string> = {}): Draft<Pod> {
  return { metadata: { name, namespace: 'default', labels }, spec: { containers: [{ name: 'c', image: 'i' }] } } as Draft<Pod>
}

describe('objects.window', () => {
  let deck: Awaited<ReturnType<typeof openTestDeck>>
  before(async () => {
    deck = await openTestDeck()
    for (let index = 0; index < 30; index++)
      await deck.client.create(pods, podNamed(`web-${index}`, { half: index < 15 ? 'first' : 'second' }))
  })
  after(() => deck.close())

  async function open(input: object): Promise<AsyncIterator<WindowMessage>> {
    const messages = (await deck.api.objects.window({ ...kind, query: {}, ...input })) as AsyncIterable<WindowMessage>
    return messages[Symbol.asyncIterator]()
  }
  async function next(messages: AsyncIterator<WindowMessage>): Promise<WindowMessage> {
    const { value, done } = await messages.next()
    assert.ok(!done)
    return value
  }

  test('begins with the rows asked for, in natural order, and exact counts', async () => {
    const messages = await open({ offset: 8, limit: 3 })
    const first = await next(messages)
    assert.ok(first.type === 'window')
    assert.deepEqual(
      first.rows.map((row) => row.name),
      ['web-8', 'web-9', 'web-10'],
    )
    assert.deepEqual([first.total, first.matched, first.offset], [30, 30, 8])
    await messages.return?.()
  })

  test('sorts downwards, searches words and selects labels over the whole set', async () => {
    const messages = await open({
      query: { search: 'WEB-1 second', labelSelector: 'half=second', sort: { column: 'Name', descending: true } },
      limit: 2,
    })
    const first = await next(messages)
    assert.deepEqual(
      first.rows.map((row) => row.name),
      ['web-19', 'web-18'],
    )
    assert.equal(first.matched, 5)
    await messages.return?.()
  })

  test('then sends only the rows that changed, and the order when that changed', async () => {
    const messages = await open({ limit: 2 })
    await next(messages)
    await deck.client.patch(pods, { namespace: 'default', name: 'web-1' }, { metadata: { labels: { seen: 'yes' } } }, { type: 'merge' })
    const changed = await next(messages)
    assert.ok(changed.type === 'update')
    assert.equal(changed.ids, undefined)
    assert.deepEqual(
      changed.rows.map((row) => row.name),
      ['web-1'],
    )
    await deck.client.create(pods, podNamed('a-first'))
    const inserted = await next(messages)
    assert.ok(inserted.type === 'update')
    assert.equal(inserted.ids?.length, 2)
    assert.deepEqual(
      inserted.rows.map((row) => row.name),
      ['a-first'],
    )
    assert.equal(inserted.total, 31)
    await messages.return?.()
    await deck.client.delete(pods, { namespace: 'default', name: 'a-first' }, { gracePeriodSeconds: 0 })
  })

  test('counts what is outside the window too', async () => {
    const messages = await open({ limit: 1 })
    await next(messages)
    await deck.client.create(pods, podNamed('zz-last'))
    const update = await next(messages)
    assert.equal(update.total, 31)
    assert.deepEqual(update.rows, [])
    await messages.return?.()
    await deck.client.delete(pods, { namespace: 'default', name: 'zz-last' }, { gracePeriodSeconds: 0 })
  })

  test('counts states before the filter by state', async () => {
    const messages = await open({ query: { states: ['Running'] } })
    const first = await next(messages)
    assert.equal(first.matched, 0)
    assert.deepEqual(first.states, [{ text: 'Pending', tone: 'progress', count: 30 }])
    await messages.return?.()
  })

  test('refuses a malformed selector as the API does', async () => {
    const messages = await open({ query: { labelSelector: 'a==,,' } })
    await assert.rejects(
      messages.next(),
      (error: unknown) => error instanceof TRPCError && error.code === 'BAD_REQUEST' && isApiError(error.cause, 'BadRequest'),
    )
  })

  test('ends when its reader goes away', async () => {
    const messages = await open({})
    await next(messages)
    await messages.return?.()
    assert.deepEqual(await messages.next(), { value: undefined, done: true })
  })
})
