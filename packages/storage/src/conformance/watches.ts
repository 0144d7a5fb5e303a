import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { ObjectStore, StoredObject } from '../store.ts'
import { createOf, deleteOf, eventLine, eventually, type OpenStore, range, Recorder, storeTest, tinyWindow, updateOf } from './harness.ts'

/** A small life: objects come, change, go and come again, with other resources between. Resolves with the events expected of `configmaps`. */
async function live(store: ObjectStore): Promise<string[]> {
  const lines: string[] = []
  const note = (type: string, { key, revision }: StoredObject): void => {
    if (key.resource === 'configmaps') lines.push(`${type} ${revision} ${key.resource}/${key.namespace}/${key.name}`)
  }
  for (const round of range(1, 6)) {
    const created = await store.commitAll([createOf('a'), createOf(`b-${round}`), createOf(`s-${round}`, { resource: 'secrets' })])
    for (const stored of created) note('created', stored)
    const updated = await store.commit(updateOf(created[0] as StoredObject, { round: String(round) }))
    note('updated', updated)
    note('deleted', await store.commit(deleteOf(updated)))
  }
  return lines
}

export function watchRules(open: OpenStore): void {
  describe('watches', () => {
    for (const [where, window] of [
      ['memory', undefined],
      ['the log', tinyWindow],
    ] as const) {
      storeTest(
        open,
        `[S30] a watch from any revision gets every later event once and in order, out of ${where}`,
        async ({ store }) => {
          const cache = await store.cache('configmaps')
          const start = cache.revision
          const expected = await live(store)
          for (const from of range(start, cache.revision)) {
            const recorder = await Recorder.on(cache, from)
            const later = expected.filter((line) => Number(line.split(' ')[1]) > from)
            await eventually(() => recorder.lines.length >= later.length, `the events after ${from}`)
            assert.deepEqual(recorder.lines, later)
            recorder.stop()
          }
        },
        window,
      )
    }

    storeTest(
      open,
      '[S30] a watch that resumes while writes go on misses and repeats nothing',
      async ({ store }) => {
        const cache = await store.cache('configmaps')
        const start = cache.revision
        const recorders: Recorder[] = []
        const writers = range(1, 8).map(async (writer) => {
          for (const n of range(1, 40)) {
            await store.commit(createOf(`o-${writer}-${n}`))
            if (n % 10 === 0) recorders.push(await Recorder.on(cache, start))
          }
        })
        await Promise.all(writers)
        for (const recorder of recorders) await recorder.until(start + 320)
        for (const recorder of recorders)
          assert.deepEqual(
            recorder.events.map((event) => event.revision),
            range(start + 1, start + 320),
          )
      },
      tinyWindow,
    )

    for (const [where, window] of [
      ['memory', undefined],
      ['the log', tinyWindow],
    ] as const) {
      storeTest(
        open,
        `[S31] an event tells the value before it, out of ${where}`,
        async ({ store }) => {
          const cache = await store.cache('configmaps')
          const start = cache.revision
          await live(store)
          const recorder = await Recorder.on(cache, start)
          await recorder.until(cache.revision)
          const last = new Map<string, StoredObject>()
          for (const event of recorder.events) {
            const text = `${event.current.key.namespace}/${event.current.key.name}`
            assert.equal(event.previous?.json, last.get(text)?.json, eventLine(event))
            if (event.type === 'deleted') last.delete(text)
            else last.set(text, event.current)
          }
        },
        window,
      )

      storeTest(
        open,
        `[S32] the value of a delete carries the revision of the delete, out of ${where}`,
        async ({ store }) => {
          const cache = await store.cache('configmaps')
          const created = await store.commit(createOf('a', { data: { x: '1' } }))
          const deleted = await store.commit(deleteOf(created))
          for (const n of range(1, 5)) await store.commit(createOf(`more-${n}`))
          const recorder = await Recorder.on(cache, created.revision)
          await recorder.until(deleted.revision + 5)
          const [event] = recorder.events
          assert.equal(event?.current.object.metadata.resourceVersion, String(deleted.revision))
          assert.deepEqual(event?.previous?.object, created.object)
        },
        window,
      )
    }

    storeTest(open, '[S33] what a group stored arrives in one batch', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const recorder = await Recorder.on(cache, cache.revision)
      await store.commit(createOf('first'))
      await recorder.until(cache.revision)
      const stored = await store.commitAll(range(1, 5).map((n) => createOf(`g-${n}`)))
      await recorder.until(cache.revision)
      assert.deepEqual(
        recorder.batches.at(-1)?.map((event) => event.revision),
        stored.map((object) => object.revision),
      )
    })

    storeTest(open, '[S34] a watcher with nothing to hear is told how far the cache is', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const recorder = await Recorder.on(cache, cache.revision)
      const { revision } = await store.commit(createOf('s', { resource: 'secrets' }))
      await eventually(() => recorder.progress.includes(revision), 'progress')
      assert.deepEqual(recorder.events, [])
    })

    storeTest(open, '[S35] a subscriber that throws ends itself and nobody else', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const ends: (Error | undefined)[] = []
      await cache.subscribe(cache.revision, {
        onEvents: () => {
          throw new Error('mine')
        },
        onEnd: (error) => ends.push(error),
      })
      const recorder = await Recorder.on(cache, cache.revision)
      await store.commit(createOf('a'))
      const { revision } = await store.commit(createOf('b'))
      await recorder.until(revision)
      await eventually(() => ends.length > 0, 'the end')
      assert.deepEqual(
        ends.map((error) => error?.message),
        ['mine'],
      )
      assert.equal(recorder.events.length, 2)
    })

    storeTest(open, '[S36] nothing is called before subscribing is done, nor after it was ended', async ({ store }) => {
      const cache = await store.cache('configmaps')
      await store.commit(createOf('a'))
      let isSubscribed = false
      const early: boolean[] = []
      const stop = await cache.subscribe(cache.revision - 1, { onEvents: () => early.push(!isSubscribed), onEnd: () => early.push(true) })
      isSubscribed = true
      await eventually(() => early.length > 0, 'the first batch')
      stop()
      await store.commit(createOf('b'))
      const other = await Recorder.on(cache, cache.revision - 1)
      await other.until(cache.revision)
      assert.deepEqual(early, [false])
    })

    storeTest(open, '[S37] closing the store ends its watches without an error', async ({ store }) => {
      const cache = await store.cache('configmaps')
      const recorder = await Recorder.on(cache, cache.revision)
      await store.close()
      assert.deepEqual(recorder.ended, { error: undefined })
    })
  })
}
