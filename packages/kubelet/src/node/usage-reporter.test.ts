import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { StatsSummary } from '../server/stats.ts'
import { usageOf } from './usage-reporter.ts'

const memory = { workingSetBytes: 3_000_000, usageBytes: 4_000_000 }
const container = (name: string, usageNanoCores: number | undefined) => ({ name, cpu: { usageNanoCores, usageCoreNanoSeconds: 0 }, memory })
const pod = (name: string, ...containers: ReturnType<typeof container>[]): StatsSummary['pods'][number] => ({
  podRef: { name, namespace: 'default', uid: name },
  containers,
  cpu: { usageNanoCores: 0, usageCoreNanoSeconds: 0 },
  memory,
})

void test('[M1] a node tells what its machine used between two samples, and its pods of which every container was measured', () => {
  const summary = {
    node: { nodeName: 'n' },
    pods: [pod('a', container('c', 250_000_000)), pod('b', container('c', 1), container('d', undefined))],
  }
  const usage = usageOf('n', {
    before: { atMs: 0, busyCpuMs: 1000, memoryBytes: 0 },
    machine: { atMs: 15_000, busyCpuMs: 8500, memoryBytes: 1024 * 1024 },
    summary: summary as unknown as StatsSummary,
  })
  assert.equal(usage.windowSeconds, 15)
  assert.deepEqual(usage.usage, { cpu: '500000000n', memory: '1024Ki' })
  assert.deepEqual(usage.pods, [
    { name: 'a', namespace: 'default', uid: 'a', containers: [{ name: 'c', usage: { cpu: '250000000n', memory: '2930Ki' } }] },
  ])
})
