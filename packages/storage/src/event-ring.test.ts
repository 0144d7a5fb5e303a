import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { EventRing } from './event-ring.ts'
import type { ChangeEvent } from './store.ts'

test('the ring keeps the latest events within both bounds and knows from where on it is complete', () => {
  const bounds = fc.record({ maxEvents: fc.integer({ min: 1, max: 50 }), maxBytes: fc.integer({ min: 1, max: 500 }) })
  const pushes = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 5 }), bytes: fc.integer({ min: 0, max: 600 }) }), { maxLength: 300 })
  fc.assert(
    fc.property(bounds, pushes, fc.nat(10), (limits, steps, start) => {
      const ring = new EventRing(limits, start)
      const all: { event: ChangeEvent; bytes: number }[] = []
      let revision = start
      for (const { gap, bytes } of steps) {
        revision += gap
        const event = { revision } as ChangeEvent
        ring.push(event, bytes)
        all.push({ event, bytes })
        const kept = all.filter((entry) => entry.event.revision > ring.floor)
        assert.ok(kept.length <= limits.maxEvents)
        assert.ok(kept.reduce((sum, entry) => sum + entry.bytes, 0) <= limits.maxBytes)
        assert.deepEqual(
          ring.after(ring.floor),
          kept.map((entry) => entry.event),
        )
        assert.deepEqual(ring.after(revision), [])
      }
    }),
  )
})
