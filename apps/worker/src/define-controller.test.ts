import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { configMaps, events, secrets } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  runControllers,
  TerminalError,
  type Controller,
  type ReconcileContext,
} from '@quarterdeck/controller-runtime'

import { startCluster } from './testing/test-cluster.ts'

async function start(t: TestContext) {
  const cluster = await startCluster(t)
  let running = Promise.resolve()
  t.after(() => running)
  return {
    ...cluster,
    run: (...controllers: Controller[]) => {
      running = runControllers({ controllers, client: cluster.client, signal: cluster.signal })
    },
  }
}

const controllerOf = (
  name: string,
  reconcile: (key: ObjectKey, ctx: ReconcileContext) => Promise<{ requeueAfterMs: number | undefined }>,
) => defineController({ name, primary: configMaps, writes: [configMaps], reconcile })

const inDefault = (name: string): ObjectKey => ({ namespace: 'default', name })

describe('a controller', () => {
  test('[CR40] an object that cannot be reconciled stops neither the others nor another controller, and is tried again', async (t) => {
    const { client, run, eventually } = await start(t)
    const seen = new Set<string>()
    let attempts = 0
    run(
      controllerOf('picky', async ({ name }) => {
        if (name === 'poison' && ++attempts < 4) throw new Error('poisoned')
        seen.add(`picky ${name}`)
        return done
      }),
      controllerOf('calm', async ({ name }) => {
        seen.add(`calm ${name}`)
        return done
      }),
    )
    await client.create(configMaps, { metadata: inDefault('poison') })
    await client.create(configMaps, { metadata: inDefault('fine') })
    await eventually('all of them', () => ['picky fine', 'calm poison', 'calm fine', 'picky poison'].every((text) => seen.has(text)))
    assert.equal(attempts, 4)
  })

  test('[CR41] a terminal error is not tried again', async (t) => {
    const { client, run, eventually } = await start(t)
    const attempts = new Map<string, number>()
    run(
      controllerOf('strict', async ({ name }) => {
        attempts.set(name, (attempts.get(name) ?? 0) + 1)
        if (name === 'wrong') throw new TerminalError('for good')
        return attempts.get(name) === 20 ? done : again(1)
      }),
    )
    await client.create(configMaps, { metadata: inDefault('wrong') })
    await client.create(configMaps, { metadata: inDefault('other') })
    await eventually('twenty looks at the other', () => attempts.get('other') === 20)
    assert.equal(attempts.get('wrong'), 1)
  })

  test('[CR42] a write that was not declared is refused', async (t) => {
    const { client, run, eventually } = await start(t)
    let refusal = ''
    run(
      controllerOf('sneaky', async (_key, ctx) => {
        await ctx.client.create(secrets, { metadata: inDefault('stolen') }).catch((error: Error) => (refusal = error.message))
        return done
      }),
    )
    await client.create(configMaps, { metadata: inDefault('a') })
    await eventually('the refusal', () => refusal !== '')
    assert.equal(refusal, 'the controller sneaky does not declare that it writes secrets')
  })

  test('[CR43] a reconcile sees its own writes before it acts again: nothing is made twice', async (t) => {
    const { client, run, eventually } = await start(t)
    let waits = 0
    run(
      defineController({
        name: 'maker',
        primary: configMaps,
        writes: [configMaps],
        reconcile: async (key, ctx) => {
          const parent = ctx.cache(configMaps).get(key)
          if (!parent || key.name !== 'parent') return done
          if (!ctx.seesOwnWrites(key)) {
            waits++
            return done
          }
          const children = ctx.cache(configMaps).ownedBy(parent)
          if (children.length < 5) {
            const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid: parent.metadata.uid, controller: true }
            await ctx.client.create(configMaps, { metadata: { generateName: 'child-', namespace: 'default', ownerReferences: [owner] } })
          }
          // Looks again at once, whether or not its write is visible yet.
          return children.length < 5 ? again(1) : done
        },
      }),
    )
    await client.create(configMaps, { metadata: inDefault('parent') })
    const count = async () =>
      (await client.list(configMaps, { namespace: 'default' })).items.filter((c) => c.metadata.name !== 'parent').length
    await eventually('five children', async () => (await count()) >= 5)
    assert.equal(await count(), 5, `after ${waits} waits`)
  })

  test('[CR44] repeated events are one Event with a count', async (t) => {
    const { client, run, eventually } = await start(t)
    let times = 0
    run(
      controllerOf('chatty', async (key, ctx) => {
        const object = ctx.cache(configMaps).get(key)
        if (object?.metadata.name !== 'a') return done
        ctx.recorder.event(object, 'Normal', 'Seen', 'it was seen')
        return ++times < 3 ? again(20) : done
      }),
    )
    const { metadata } = await client.create(configMaps, { metadata: inDefault('a') })
    const event = await eventually('a count of 3', async () => (await client.list(events)).items.find(({ count }) => count === 3))
    assert.equal(event.involvedObject.uid, metadata.uid)
    assert.equal(event.source?.component, 'chatty-controller')
    assert.equal((await client.list(events)).items.length, 1)
    assert.deepEqual(keyOf(event).namespace, 'default')
  })
})
