import assert from 'node:assert/strict'
import { test } from 'node:test'

import { nodeUsages } from '@quarterdeck/api'

import { openTestDeck } from '../testing.ts'
import { UsageBoard } from './usage-board.ts'

test('[DB9] the figures of nodes and pods follow what agents tell, and are unknown when an agent has stopped', async (t) => {
  const deck = await openTestDeck()
  t.after(() => deck.close())
  let now = Date.parse('2026-05-01T12:00:00Z')
  const board = new UsageBoard(deck.server.core, () => now)
  t.after(() => board.close())
  const tell = (pods: { uid: string; cpu: string }[]) => ({
    metadata: { name: 'n' },
    timestamp: new Date(now).toISOString(),
    windowSeconds: 15,
    usage: { cpu: '1500000000n', memory: '2048Ki' },
    pods: pods.map(({ uid, cpu }) => ({
      namespace: 'default',
      name: uid,
      uid,
      containers: [
        { name: 'c', usage: { cpu, memory: '1Mi' } },
        { name: 'd', usage: { cpu: '1m', memory: '1Ki' } },
      ],
    })),
  })
  await deck.client.create(nodeUsages, tell([{ uid: 'a', cpu: '250000000n' }]))
  const { promise: told, resolve: tellOfChange } = Promise.withResolvers<void>()
  const stop = await board.listen(tellOfChange)
  assert.deepEqual(board.ofNode('n'), { cpuMillis: 1500, memoryBytes: 2 ** 21 })
  assert.equal(board.ofPod('a')?.cpuMillis, 251)
  assert.equal(board.ofPod('a')?.memoryBytes, 2 ** 20 + 2 ** 10)
  assert.equal(board.ofPod('b'), undefined)
  await deck.client.update(nodeUsages, {
    apiVersion: nodeUsages.apiVersion,
    kind: nodeUsages.kind,
    ...tell([{ uid: 'b', cpu: '10m' }]),
  } as never)
  await told
  assert.equal(board.ofPod('a'), undefined)
  assert.equal(board.ofPod('b')?.cpuMillis, 11)
  assert.deepEqual(board.total(), { cpuMillis: 1500, memoryBytes: 2 ** 21 })
  now += 61_000
  assert.equal(board.ofNode('n'), undefined)
  assert.equal(board.ofPod('b'), undefined)
  assert.equal(board.total(), undefined)
  stop()
})
