import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { pods } from '@quarterdeck/api'
import type { ContainerRuntime } from '@quarterdeck/runtime'

import { createNodeBench, type NodeBench } from './testing/node-bench.ts'

type Step = 'createSandbox' | 'createContainer' | 'startContainer' | 'stopContainer' | 'removeSandbox' | 'removeContainer'

/** A runtime under an agent that is killed at a step: the call has its effect or not, and never returns; nor does any after it. */
function killedAt(runtime: ContainerRuntime, step: Step, moment: 'before' | 'after'): { runtime: ContainerRuntime; killed: Promise<void> } {
  const { promise: killed, resolve } = Promise.withResolvers<void>()
  let isDead = false
  const never = () => new Promise<never>(() => {})
  const dying = new Proxy(runtime, {
    get(target, name: keyof ContainerRuntime) {
      const method = target[name] as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        if (isDead) return never()
        if (name !== step) return method(...args)
        isDead = true
        const effect = moment === 'after' ? Promise.resolve(method(...args)) : Promise.resolve()
        return effect.then(() => {
          resolve()
          return never()
        })
      }
    },
  })
  return { runtime: dying, killed }
}

void describe('an agent that is killed', () => {
  let bench: NodeBench
  before(async () => {
    bench = await createNodeBench('10.213.10.0/24')
  })
  after(() => bench.close())

  const createPod = (name: string) =>
    bench.createPod(name, {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image: 'quarterdeck/busybox:latest', imagePullPolicy: 'IfNotPresent', command: ['sleep', '1000'] }],
    })

  for (const step of ['createSandbox', 'createContainer', 'startContainer'] as const)
    for (const moment of ['before', 'after'] as const)
      void test(`[N2] ${moment} ${step} starts nothing twice once it is back`, async () => {
        const name = `${step.toLowerCase()}-${moment}`
        const { runtime, killed } = killedAt(bench.runtime, step, moment)
        await bench.start(runtime)
        const { metadata } = await createPod(name)
        await killed
        await bench.stop()
        await bench.start()
        const pod = await bench.waitForPod(name, (p) => p.status.phase === 'Running')
        const containers = await bench.runtime.listContainers(metadata.uid)
        assert.equal(containers.length, 1)
        assert.equal((await bench.runtime.listSandboxes(metadata.uid)).length, 1)
        assert.equal(pod.status.containerStatuses?.[0]?.restartCount, 0)
        await bench.client.delete(pods, { namespace: 'default', name })
        await bench.waitForGone(name)
        await bench.stop()
      })

  for (const step of ['stopContainer', 'removeSandbox', 'removeContainer'] as const)
    for (const moment of ['before', 'after'] as const)
      void test(`[N2] ${moment} ${step} leaves nothing behind once it is back`, async () => {
        const name = `${step.toLowerCase()}-${moment}`
        const { runtime, killed } = killedAt(bench.runtime, step, moment)
        await bench.start(runtime)
        const { metadata } = await createPod(name)
        await bench.waitForPod(name, (p) => p.status.phase === 'Running')
        await bench.client.delete(pods, { namespace: 'default', name })
        await killed
        await bench.stop()
        await bench.start()
        await bench.waitForGone(name)
        assert.deepEqual(await bench.runtime.listContainers(metadata.uid), [])
        assert.deepEqual(await bench.runtime.listSandboxes(metadata.uid), [])
        await bench.stop()
      })
})
