import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { describe, test, type TestContext } from 'node:test'

import { settle } from '@quarterdeck/controller-runtime/testing'

import type { ExtenderConfiguration } from '../configuration/configuration.ts'
import { createProfiles } from '../configuration/create-profiles.ts'
import { nodeOf, placed, podOf } from '../testing/objects.ts'
import { startCore } from '../testing/start-core.ts'

type Answer = (body: Record<string, unknown>) => unknown

/** A small extender: a function for each verb. What it is asked is kept. */
async function startExtender(t: TestContext, verbs: Record<string, Answer>) {
  const asked: { verb: string; body: Record<string, unknown> }[] = []
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const verb = (request.url ?? '').slice(1)
      asked.push({ verb, body: body as Record<string, unknown> })
      const answer = verbs[verb]?.(body as Record<string, unknown>)
      if (answer === undefined) response.writeHead(500).end()
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { asked, urlPrefix: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function start(t: TestContext, extender: ExtenderConfiguration) {
  return startCore(t, { profiles: (environment) => createProfiles({ extenders: [extender] }, environment) })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settle()
}

const namesOf = (body: Record<string, unknown>): string[] => body['NodeNames'] as string[]

describe('HTTP extenders', () => {
  test('[SC19] an extender takes out nodes and says why', async (t) => {
    const { urlPrefix, asked } = await startExtender(t, {
      filter: () => ({ nodenames: ['b'], failedNodes: { a: 'too cold' } }),
    })
    const { core, bound } = start(t, { urlPrefix, filterVerb: 'filter', nodeCacheCapable: true })
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    core.setPod(podOf('p'))
    await until(() => bound.length > 0)
    assert.deepEqual(bound, ['p to b'])
    assert.deepEqual(namesOf(asked[0]!.body).toSorted(), ['a', 'b'])
  })

  test('[SC19] without a cache of its own it gets and gives whole nodes', async (t) => {
    const { urlPrefix } = await startExtender(t, {
      filter: (body) => ({ Nodes: { items: (body['Nodes'] as { items: unknown[] }).items.slice(0, 1) } }),
    })
    const { core, bound } = start(t, { urlPrefix, filterVerb: 'filter' })
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    core.setPod(podOf('p'))
    await until(() => bound.length > 0)
    assert.deepEqual(bound, ['p to a'])
  })

  test('[SC19] what it turns down everywhere is told as of any plugin', async (t) => {
    const { urlPrefix } = await startExtender(t, { filter: () => ({ NodeNames: [], FailedAndUnresolvableNodes: { a: 'too cold' } }) })
    const { core, messages } = start(t, { urlPrefix, filterVerb: 'filter', nodeCacheCapable: true })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await until(() => messages.length > 0)
    assert.equal(
      messages[0],
      'p: 0/1 nodes are available: 1 too cold. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    )
  })

  test('[SC19] its scores are weighed and added', async (t) => {
    const { urlPrefix } = await startExtender(t, {
      prioritize: () => [
        { Host: 'a', Score: 0 },
        { Host: 'b', Score: 10 },
      ],
    })
    const { core, bound } = start(t, { urlPrefix, prioritizeVerb: 'prioritize', weight: 50 })
    core.setNode(nodeOf('a'))
    core.setNode(nodeOf('b'))
    core.setPod(placed(podOf('there', { requests: { cpu: '3' } }), 'b'))
    core.setPod(podOf('p', { requests: { cpu: '1' } }))
    await until(() => bound.length > 0)
    assert.deepEqual(bound, ['p to b'])
  })

  test('[SC19] it binds, if it says so', async (t) => {
    const { urlPrefix, asked } = await startExtender(t, { bind: () => ({}) })
    const { core, bound } = start(t, { urlPrefix, bindVerb: 'bind' })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await until(() => asked.length > 0)
    assert.deepEqual(asked, [{ verb: 'bind', body: { PodName: 'p', PodNamespace: 'default', PodUID: 'uid-p', Node: 'a' } }])
    assert.deepEqual(bound, [])
  })

  test('[SC19] one that fails holds the pod up, unless it is ignorable', async (t) => {
    for (const ignorable of [false, true]) {
      const { urlPrefix } = await startExtender(t, {})
      const { core, bound, messages } = start(t, { urlPrefix, filterVerb: 'filter', ignorable })
      core.setNode(nodeOf('a'))
      core.setPod(podOf('p'))
      await until(() => bound.length + messages.length > 0)
      assert.deepEqual(
        [...bound, ...messages],
        [ignorable ? 'p to a' : `p: Error: failed filter with extender at URL ${urlPrefix}/filter, code 500`],
      )
    }
  })

  test('[SC19] one that does not answer is given up after its timeout', async (t) => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => {
      server.closeAllConnections()
      server.close()
    })
    const urlPrefix = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { core, messages } = start(t, { urlPrefix, filterVerb: 'filter', httpTimeout: '20ms' })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    await until(() => messages.length > 0)
    assert.match(messages[0] ?? '', /^p: .*[Aa]bort/)
  })

  test('[SC19] it is asked only about pods that use its resources, which it may look after alone', async (t) => {
    const { urlPrefix, asked } = await startExtender(t, { filter: (body) => ({ NodeNames: namesOf(body) }) })
    const managedResources = [{ name: 'example.com/foo', ignoredByScheduler: true }]
    const { core, bound } = start(t, { urlPrefix, filterVerb: 'filter', nodeCacheCapable: true, managedResources })
    core.setNode(nodeOf('a'))
    core.setPod(podOf('p'))
    core.setPod(podOf('q', { requests: { 'example.com/foo': '1' } }))
    await until(() => bound.length === 2)
    assert.deepEqual(
      asked.map(({ body }) => (body['Pod'] as { metadata: { name: string } }).metadata.name),
      ['q'],
    )
  })

  test('[SC19] it narrows the candidates of a preemption', async (t) => {
    const { urlPrefix, asked } = await startExtender(t, {
      preempt: (body) => ({ NodeNameToMetaVictims: { b: (body['NodeNameToMetaVictims'] as Record<string, unknown>)['b'] } }),
    })
    const { core, victims } = start(t, { urlPrefix, preemptVerb: 'preempt', nodeCacheCapable: true })
    for (const name of ['a', 'b']) {
      core.setNode(nodeOf(name))
      core.setPod(placed(podOf(`on-${name}`, { requests: { cpu: '4' }, priority: name === 'a' ? 1 : 2 }), name))
    }
    core.setPod(podOf('p', { requests: { cpu: '4' }, priority: 10 }))
    await until(() => victims.length > 0)
    assert.deepEqual(victims, ['on-b for p'])
    assert.deepEqual(asked[0]?.body['NodeNameToMetaVictims'], {
      a: { Pods: [{ UID: 'uid-on-a' }], NumPDBViolations: 0 },
      b: { Pods: [{ UID: 'uid-on-b' }], NumPDBViolations: 0 },
    })
  })
})
