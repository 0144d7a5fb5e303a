import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Client } from '@quarterdeck/client'
import { silentLogger } from '@quarterdeck/controller-runtime'
import { FakeClock, scriptedClient, settle } from '@quarterdeck/controller-runtime/testing'

import { createPodConditionWriter } from './pod-condition-writer.ts'
import { podOf } from './testing/objects.ts'

/** Patches end when they are told to. */
function start() {
  const patches: { patch: { status: Record<string, unknown> }; end: () => void }[] = []
  const patch = ((_kind: unknown, _key: unknown, body: { status: Record<string, unknown> }) =>
    new Promise<void>((resolve) => patches.push({ patch: body, end: resolve }))) as unknown as Client['patch']
  const client: Client = { ...scriptedClient().client, patch }
  return { patches, writer: createPodConditionWriter(client, { clock: new FakeClock(), log: silentLogger }) }
}

const unschedulable = (message: string, nominatedNodeName?: string) => ({ reason: 'Unschedulable' as const, message, nominatedNodeName })

describe('conditions of pending pods', () => {
  test('[SC2] of several that wait the last is written, with the nomination that was to be written', async () => {
    const { patches, writer } = start()
    writer.set(podOf('p'), unschedulable('one'))
    writer.set(podOf('p'), unschedulable('two', 'a'))
    writer.set(podOf('p'), unschedulable('three'))
    assert.equal(patches.length, 1)
    patches[0]!.end()
    await settle()
    const { conditions, nominatedNodeName } = patches[1]!.patch.status as { conditions: { message: string }[]; nominatedNodeName: string }
    assert.deepEqual([patches.length, conditions[0]?.message, nominatedNodeName], [2, 'three', 'a'])
  })

  test('[SC2] nothing is written about a pod after it got a node', async () => {
    const { patches, writer } = start()
    writer.set(podOf('p'), unschedulable('one'))
    writer.set(podOf('p'), unschedulable('two'))
    const before = writer.end('uid-p')
    let isOver = false
    void before?.then(() => (isOver = true))
    await settle()
    assert.equal(isOver, false)
    patches[0]!.end()
    await settle()
    assert.deepEqual([isOver, patches.length, writer.end('uid-p')], [true, 1, undefined])
  })

  test('[SC17] a nomination that is taken back before it was written is not written', async () => {
    const { patches, writer } = start()
    writer.set(podOf('p'), unschedulable('one'))
    writer.set(podOf('p'), unschedulable('two', 'a'))
    writer.clearNomination(podOf('p'))
    patches[0]!.end()
    await settle()
    assert.equal(patches[1]?.patch.status['nominatedNodeName'], null)
  })

  test('[SC2] what the pod says already is not written again', () => {
    const { patches, writer } = start()
    const pod = podOf('p')
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'one' }]
    writer.set({ ...pod, status: { ...pod.status, conditions } }, unschedulable('one'))
    assert.equal(patches.length, 0)
  })
})
