import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { configMaps, namespaces, pods } from '@quarterdeck/api'

import { openTestDeck } from '../testing.ts'

let deck: Awaited<ReturnType<typeof openTestDeck>>
before(async () => {
  deck = await openTestDeck()
  await deck.client.create(namespaces, { metadata: { name: 'other' }, spec: {}, status: {} })
})
after(() => deck.close())

const kind = { apiVersion: 'v1', plural: 'configmaps' }

async function createAndDelete(name: string, namespace = 'default', owner?: string): Promise<void> {
  const ownerReferences = owner ? [{ apiVersion: 'v1', kind: 'ConfigMap', name: owner, uid: owner, controller: true }] : []
  await deck.client.create(configMaps, { metadata: { name, namespace, ownerReferences }, data: { of: name } })
  await deck.client.delete(configMaps, { namespace, name })
}

const namesIn = async (...in_: string[]): Promise<string[]> =>
  (await deck.api.objects.deleted({ ...kind, namespaces: in_ })).items.map(({ namespace, name }) => `${namespace}/${name}`)

test('[DB19] what was deleted is listed, latest first and once, but not what a controller made or what is there again', async () => {
  await createAndDelete('a')
  await createAndDelete('b', 'other')
  await createAndDelete('a')
  await createAndDelete('made', 'default', 'maker')
  await createAndDelete('again')
  await deck.client.create(configMaps, { metadata: { name: 'again', namespace: 'default' } })
  assert.deepEqual(await namesIn(), ['default/a', 'other/b'])
  assert.deepEqual(await namesIn('other'), ['other/b'])
  assert.deepEqual(await namesIn('default', 'other'), ['default/a', 'other/b'])

  const { items } = await deck.api.objects.deleted(kind)
  const { namespace, name, revision } = items[0]!
  await deck.api.objects.restore({ ...kind, namespace, name, revision })
  assert.deepEqual((await deck.client.get(configMaps, { namespace, name })).data, { of: 'a' })
  assert.deepEqual(await namesIn(), ['other/b'])
})

test('[DB19] what was deleted with its namespace is told apart', async () => {
  await deck.client.create(namespaces, { metadata: { name: 'short-lived' }, spec: {}, status: {} })
  await createAndDelete('c', 'short-lived')
  const lacksNamespace = async (): Promise<unknown> =>
    (await deck.api.objects.deleted({ ...kind, namespaces: ['short-lived'] })).items.map((item) => item.lacksNamespace)
  assert.deepEqual(await lacksNamespace(), [false])
  const key = { namespace: '', name: 'short-lived' }
  await deck.client.delete(namespaces, key)
  const ending = await deck.client.get(namespaces, key)
  await deck.client.update(namespaces, { ...ending, spec: { finalizers: [] } }, { subresource: 'finalize' })
  assert.deepEqual(await lacksNamespace(), [true])
})

test('[DB19] a pod that is restored is scheduled anew', async () => {
  const pod = {
    metadata: { name: 'p', namespace: 'default' },
    spec: { nodeName: 'gone', containers: [{ name: 'c', image: 'i' }] },
    status: {},
  }
  await deck.client.create(pods, { ...pod, spec: { ...pod.spec, automountServiceAccountToken: false } })
  await deck.client.delete(pods, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 })
  const target = { apiVersion: 'v1', plural: 'pods' }
  const [item] = (await deck.api.objects.deleted(target)).items
  await deck.api.objects.restore({ ...target, namespace: 'default', name: 'p', revision: item!.revision })
  assert.equal((await deck.client.get(pods, { namespace: 'default', name: 'p' })).spec.nodeName, undefined)
})

test('[DB19] older deletions come page by page', async () => {
  const count = 130
  for (let index = 0; index < count; index++) await createAndDelete(`many-${index}`, 'other')
  const seen: string[] = []
  for (let before: number | undefined; ;) {
    const { items, next } = await deck.api.objects.deleted({ ...kind, namespaces: ['other'], ...(before ? { before } : {}) })
    seen.push(...items.map(({ name }) => name))
    if (next === undefined) break
    before = next
  }
  assert.equal(new Set(seen.filter((name) => name.startsWith('many-'))).size, count)
  assert.equal(seen[0], `many-${count - 1}`)
})
