import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import { controllerManager, createApiServer } from '@quarterdeck/apiserver'
import { leases } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { runLeaderElection } from '@quarterdeck/controller-runtime'
import { FakeClock } from '@quarterdeck/controller-runtime/testing'
import { createMemoryStore } from '@quarterdeck/storage'

const lease = { namespace: 'kube-system', name: 'test' }

interface Candidate {
  isLeading: boolean
  /** Times it began to lead. */
  terms: number
  /** Cuts it off from the server. */
  isCutOff: boolean
  stop(): Promise<void>
}

async function start(t: TestContext) {
  const store = createMemoryStore()
  const client = (await createApiServer({ store })).clientFor(controllerManager, 'test')
  const clock = new FakeClock()
  const candidates: Candidate[] = []
  t.after(async () => {
    await Promise.all(candidates.map((candidate) => candidate.stop()))
    await store.close()
  })
  const join = (identity: string): Candidate => {
    const stop = new AbortController()
    const candidate: Candidate = { isLeading: false, terms: 0, isCutOff: false, stop: async () => {} }
    const running = runLeaderElection({
      client: severable(client, candidate),
      lease,
      identity,
      clock,
      signal: stop.signal,
      lead: async (signal) => {
        candidate.isLeading = true
        candidate.terms++
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
        candidate.isLeading = false
      },
    })
    candidate.stop = async () => {
      stop.abort()
      await running
    }
    candidates.push(candidate)
    return candidate
  }
  return { client, clock, join }
}

/** The client of a candidate that can lose its connection. */
function severable(client: Client, candidate: Candidate): Client {
  const unlessCutOff = <T>(call: () => Promise<T>): Promise<T> =>
    candidate.isCutOff ? Promise.reject(new ApiError('ServiceUnavailable', 'cut off')) : call()
  return {
    ...client,
    get: (kind, key) => unlessCutOff(() => client.get(kind, key)),
    create: (kind, object, options) => unlessCutOff(() => client.create(kind, object, options)),
    update: (kind, object, options) => unlessCutOff(() => client.update(kind, object, options)),
  }
}

describe('leader election', () => {
  test('[LE1] one of several leads, and keeps leading', async (t) => {
    const { clock, join, client } = await start(t)
    const [a, b] = [join('a'), join('b')]
    await clock.advance(60_000)
    assert.equal(Number(a.isLeading) + Number(b.isLeading), 1)
    assert.equal(a.terms + b.terms, 1)
    assert.equal((await client.get(leases, lease)).spec.leaseTransitions, 0)
  })

  test('[LE2] a leader that cannot renew stops after 10 s, before another begins at 15 s', async (t) => {
    const { clock, join } = await start(t)
    const a = join('a')
    await clock.advance(3_000)
    const b = join('b')
    await clock.advance(3_000)
    assert.equal(a.isLeading, true)
    a.isCutOff = true
    for (let second = 0; second < 25; second++) {
      await clock.advance(1_000)
      assert.ok(!(a.isLeading && b.isLeading), `both lead in second ${second}`)
      if (second >= 12) assert.equal(a.isLeading, false)
    }
    assert.equal(b.isLeading, true)
  })

  test('[LE3] a leader that stops releases the lease, and the next need not wait', async (t) => {
    const { clock, join, client } = await start(t)
    const a = join('a')
    await clock.advance(3_000)
    const b = join('b')
    await clock.advance(100)
    await a.stop()
    await clock.advance(50)
    assert.equal(b.isLeading, true)
    assert.equal((await client.get(leases, lease)).spec.holderIdentity, 'b')
  })

  test('[LE4] a leader whose lease was taken away stops at its next renewal', async (t) => {
    const { clock, join, client } = await start(t)
    const a = join('a')
    await clock.advance(3_000)
    await client.patch(leases, lease, { spec: { holderIdentity: 'usurper' } }, { type: 'merge' })
    await clock.advance(2_500)
    assert.equal(a.isLeading, false)
  })
})
