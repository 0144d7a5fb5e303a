import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMaps, secrets } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { TRPCError } from '@trpc/server'

import { DocumentErrors } from '../documents/document-errors.ts'
import { openTestDeck } from '../testing.ts'

const good = `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: default
data:
  mode: fast
`
const bad = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replcas: 3
  selector: {}
`

describe('objects.applyAll', () => {
  let deck: Awaited<ReturnType<typeof openTestDeck>>
  before(async () => {
    deck = await openTestDeck()
  })
  after(() => deck.close())
  const apply = (text: string, dryRun = false) => deck.api.objects.applyAll({ sources: [{ name: 'a.yaml', text }], dryRun })

  test('a preview shows the stored form and stores nothing', async () => {
    const [result] = await apply(good, true)
    assert.equal(result?.action, 'created')
    assert.equal(result?.before, '')
    assert.match(result?.after ?? '', /mode: fast/)
    await assert.rejects(deck.client.get(configMaps, { namespace: 'default', name: 'settings' }), (error) => isApiError(error, 'NotFound'))
  })

  test('one refused object keeps all others out, and is told with its line', async () => {
    await assert.rejects(apply(`${good}---\n${bad}`), (error: unknown) => {
      assert.ok(error instanceof TRPCError && error.cause instanceof DocumentErrors)
      assert.deepEqual(
        error.cause.documents.map(({ line, field, title }) => ({ line, field, title })),
        [{ line: 14, field: 'spec.replcas', title: 'Deployment web' }],
      )
      return true
    })
    await assert.rejects(deck.client.get(configMaps, { namespace: 'default', name: 'settings' }), (error) => isApiError(error, 'NotFound'))
  })

  for (const [what, text, expected] of [
    [
      'each field of the wrong type',
      good.replace('mode: fast', 'mode: 5\n  list: [1]'),
      [
        [7, 'data.mode: cannot unmarshal number into a value of type string'],
        [8, 'data.list: cannot unmarshal array into a value of type string'],
      ],
    ],
    ['a namespace that is not there', good.replace('default', 'nowhere'), [[5, 'namespaces "nowhere" not found']]],
    ['a name that is a number', good.replace('settings', '123'), [[4, 'metadata.name is not a string: 123 needs quotes']]],
    ['a template that was not filled in', good.replace('settings', '{ { .Name }: }'), [[4, /^metadata.name is not a string: /]]],
    ['metadata that are text', 'apiVersion: v1\nkind: ConfigMap\nmetadata: hello\n', [[3, 'metadata is not an object with a name']]],
  ] as const)
    test(`[DB22] ${what} is told at its line`, async () => {
      await assert.rejects(apply(text), (error: unknown) => {
        assert.ok(error instanceof TRPCError && error.cause instanceof DocumentErrors)
        const found = error.cause.documents
        assert.equal(found.length, expected.length)
        for (const [index, [line, message]] of expected.entries()) {
          assert.equal(found[index]?.line, line)
          if (typeof message === 'string') assert.equal(found[index].message, message)
          else assert.match(found[index].message, message)
        }
        return true
      })
    })

  test('what is stored can be changed, and changing nothing says so', async () => {
    assert.equal((await apply(good))[0]?.action, 'created')
    assert.equal((await apply(good))[0]?.action, 'unchanged')
    const [changed] = await apply(good.replace('fast', 'slow'))
    assert.equal(changed?.action, 'configured')
    assert.match(changed?.before ?? '', /mode: fast/)
    assert.match(changed?.after ?? '', /mode: slow/)
  })

  test("a Secret's values are in no preview, no history and no list, only where they are asked for", async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  key: hush-hush\n'
    const target = { apiVersion: 'v1', plural: 'secrets', namespace: 'default', name: 's' }
    const base64 = Buffer.from('hush-hush').toString('base64')
    const shown = [
      await apply(secret, true),
      await apply(secret),
      await deck.api.objects.history({ ...target }),
      await deck.api.objects.list({ apiVersion: 'v1', plural: 'secrets' }),
      await deck.api.objects.get({ ...target }),
    ]
    for (const answer of shown) assert.doesNotMatch(JSON.stringify(answer), new RegExp(`hush-hush|${base64}`))
    assert.match((await deck.api.objects.get({ ...target, reveal: true })).yaml, new RegExp(base64))
    const hidden = (await deck.api.objects.get({ ...target })).yaml
    await assert.rejects(deck.api.objects.update({ ...target, yaml: hidden, base: hidden, onto: 'exact', dryRun: false }), /hidden/)
    assert.equal((await deck.client.get(secrets, { namespace: 'default', name: 's' })).data?.['key'], base64)
  })

  test('an edit of an old version conflicts, and can be made to the latest', async () => {
    const target = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default', name: 'settings' }
    const base = (await deck.api.objects.get(target)).yaml
    await deck.client.patch(configMaps, target, { data: { other: 'theirs' } }, { type: 'merge' })
    const yaml = base.replace('slow', 'mine')
    await assert.rejects(
      deck.api.objects.update({ ...target, yaml, base, onto: 'exact', dryRun: false }),
      (error: unknown) => error instanceof TRPCError && error.code === 'CONFLICT',
    )
    await deck.api.objects.update({ ...target, yaml, base, onto: 'latest', dryRun: false })
    const { data } = await deck.client.get(configMaps, target)
    assert.deepEqual({ ...data }, { mode: 'mine', other: 'theirs' })
  })

  test('[DB21] an edit neither goes to another object nor over a change that was not seen', async () => {
    await apply('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: other\n')
    await apply(good.replace('namespace: default', 'namespace: other'))
    const target = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default', name: 'settings' }
    const base = (await deck.api.objects.get(target)).yaml
    const save = (yaml: string) => deck.api.objects.update({ ...target, yaml, base, onto: 'exact', dryRun: false })
    const loose = base.replace(/  resourceVersion: .*\n/, '').replace('mine', 'loose')
    for (const [from, to, field] of [
      ['namespace: default', 'namespace: other', 'metadata.namespace'],
      ['name: settings', 'name: others', 'metadata.name'],
      [/uid: .*/, 'uid: 11111111-1111-4111-8111-111111111111', 'metadata.uid'],
      ['kind: ConfigMap', 'kind: Secret', 'kind'],
    ] as const)
      await assert.rejects(save(loose.replace(from, to)), (error: unknown) => {
        assert.ok(error instanceof TRPCError && error.cause instanceof DocumentErrors)
        const line = loose.split('\n').findIndex((text) => text.trim().startsWith(String(field.split('.').at(-1)))) + 1
        assert.deepEqual(
          error.cause.documents.map((document) => [document.field, document.line]),
          [[field, line]],
        )
        return true
      })
    assert.equal((await deck.client.get(configMaps, { namespace: 'other', name: 'settings' })).data?.['mode'], 'fast')
    await save(loose.replace('  namespace: default\n', ''))
    assert.equal((await deck.client.get(configMaps, target)).data?.['mode'], 'loose')
    await assert.rejects(save(loose.replace('loose', 'lost')), (error: unknown) => error instanceof TRPCError && error.code === 'CONFLICT')
  })

  test('[DB19] an object that is still being deleted is not said to be restored', async () => {
    await apply(good.replace('name: settings', 'name: held\n  finalizers: [example.com/hold]'))
    const target = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default', name: 'held' }
    const [created] = await deck.api.objects.history(target)
    await deck.api.objects.delete({ targets: [target] })
    await assert.rejects(
      deck.api.objects.restore({ ...target, revision: created!.revision }),
      /held is still being deleted and waits for example.com\/hold/,
    )
  })

  test('a deleted object can be restored from its history', async () => {
    const target = { apiVersion: 'v1', plural: 'configmaps', namespace: 'default', name: 'settings' }
    await deck.api.objects.delete({ targets: [target] })
    const [latest] = await deck.api.objects.history(target)
    assert.equal(latest?.type, 'deleted')
    const restored = await deck.api.objects.restore({ ...target, revision: latest.revision })
    assert.equal(restored.action, 'created')
    assert.equal((await deck.client.get(configMaps, target)).data?.['mode'], 'loose')
  })
})
