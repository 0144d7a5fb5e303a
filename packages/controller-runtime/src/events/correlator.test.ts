import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { EventCorrelator, type Occurrence } from './correlator.ts'

const occurrence = (message: string, atMs: number, name = 'p'): Occurrence => ({
  component: 'kubelet',
  host: 'n1',
  involvedObject: { kind: 'Pod', name, namespace: 'default', uid: name, apiVersion: 'v1' },
  type: 'Warning',
  reason: 'BackOff',
  message,
  atMs,
})

describe('event correlator', () => {
  test('[CR10] the same occurrence again is the same event with a higher count', () => {
    const correlator = new EventCorrelator()
    const first = correlator.accept(occurrence('m', 1000))
    const second = correlator.accept(occurrence('m', 5000))
    assert.equal(second?.key, first?.key)
    assert.deepEqual([second?.count, second?.firstAtMs, second?.lastAtMs], [2, 1000, 5000])
  })

  test('[CR11] the eleventh different message of a reason within ten minutes is combined', () => {
    const correlator = new EventCorrelator()
    const messages = Array.from({ length: 12 }, (_, i) => correlator.accept(occurrence(`m${i}`, i))?.message)
    assert.equal(messages[9], 'm9')
    assert.equal(messages[10], '(combined from similar events): m10')
    assert.equal(messages[11], '(combined from similar events): m11')
    assert.equal(correlator.accept(occurrence('later', 700_000))?.message, 'later')
  })

  test('[CR12] an object gets 25 events at once and one every five minutes after', () => {
    const correlator = new EventCorrelator()
    const accepted = Array.from({ length: 40 }, () => correlator.accept(occurrence('m', 0))).filter((x) => x !== undefined)
    assert.equal(accepted.length, 25)
    assert.equal(correlator.accept(occurrence('m', 200_000)), undefined)
    assert.notEqual(correlator.accept(occurrence('m', 300_000)), undefined)
    assert.notEqual(correlator.accept(occurrence('m', 0, 'another')), undefined)
  })
})
