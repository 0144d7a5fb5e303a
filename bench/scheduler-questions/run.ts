/**
 * What questions about the scheduler cost: `npm run bench -- scheduler-questions [nodes] [pods per node]`. Says how long each takes, and
 * how long the longest pause was that it left for everything else in the process.
 */
import { deployments, replicaSets, statefulSets, type Kind } from '@quarterdeck/api'
import { Questions } from '@quarterdeck/scheduler'
import { nodeOf, placed, podOf, startCore } from '@quarterdeck/scheduler/testing'
import { answerWhatIf } from '@quarterdeck/what-if'

const [nodeCount = 5000, podsPerNode = 10] = process.argv.slice(2).map(Number)
const ends: (() => Promise<void>)[] = []
const template = { metadata: { labels: { app: 'app-1' } }, spec: { containers: [{ name: 'c', image: 'web' }] } }
const named = (name: string) => ({ name, namespace: 'default', uid: name, creationTimestamp: '2026-01-01T00:00:00Z', resourceVersion: '1' })
const budget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: named('keep'),
  spec: { minAvailable: 1, selector: { matchLabels: { app: 'app-1' } } },
  status: { currentHealthy: 50, desiredHealthy: 1, disruptionsAllowed: 49, expectedPods: 50 },
}
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: named('app-1'), spec: { replicas: 50, selector: {}, template } }
const { core, caches, messages } = startCore({ after: (end) => ends.push(end as () => Promise<void>) }, { objects: [budget, replicaSet] })
for (let i = 0; i < nodeCount; i++) {
  core.setNode(nodeOf(`node-${i}`, { allocatable: { cpu: '4' }, labels: { zone: `zone-${i % 3}`, 'kubernetes.io/hostname': `node-${i}` } }))
}
const replicas = Math.max(1, (nodeCount * podsPerNode) / 1000)
for (let i = 0; i < nodeCount * podsPerNode; i++) {
  const app = `app-${Math.floor(i / replicas)}`
  const pod = podOf(`${app}-${i}`, { requests: { cpu: '300m', memory: '256Mi' }, labels: { app } })
  pod.metadata.ownerReferences = [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid: app, controller: true }]
  core.setPod({ ...placed(pod, `node-${i % nodeCount}`), status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } })
}
core.setPod(podOf('pending', { requests: { cpu: '2' }, nodeSelector: { zone: 'zone-9' } }))
while (messages.length === 0) await new Promise((resolve) => setImmediate(resolve))

const questions = new Questions(core, { configuration: {}, caches })
const kinds = [deployments, replicaSets, statefulSets] as unknown as readonly Kind[]
const whatIf = (...steps: Parameters<typeof answerWhatIf>[0]['steps']) => answerWhatIf({ steps }, { questions, kinds })
const asked: Readonly<Record<string, () => Promise<unknown>>> = {
  'explain a pending pod': () => questions.explain('uid-pending'),
  'with the smallest changes': () => questions.explain('uid-pending', { withChanges: true }),
  'scores of a placed pod': () => questions.explain('uid-app-0-0'),
  'drain a node': () => whatIf({ action: 'drain', node: 'node-7' }),
  'lose a node': () => whatIf({ action: 'lose', node: 'node-7' }),
  'scale by 1,000': () => whatIf({ action: 'scale', kind: 'ReplicaSet', namespace: 'default', name: 'app-1', replicas: 1050 }),
  'add 10 nodes': () => whatIf({ action: 'add', like: 'node-7', count: 10 }),
}
const rows: Record<string, unknown>[] = []
for (const [question, ask] of Object.entries(asked)) {
  await ask()
  const times: number[] = []
  let longestPauseMs = 0
  for (let i = 0; i < 5; i++) {
    let isDone = false
    const startedAt = performance.now()
    const answer = ask().finally(() => (isDone = true))
    for (let last = performance.now(); !isDone;) {
      await new Promise((resolve) => setImmediate(resolve))
      longestPauseMs = Math.max(longestPauseMs, performance.now() - last)
      last = performance.now()
    }
    await answer
    times.push(performance.now() - startedAt)
  }
  const sorted = times.toSorted((x, y) => x - y)
  rows.push({ question, 'median, ms': Math.round(sorted[2]!), 'longest pause, ms': Math.round(longestPauseMs) })
}
console.log(`${nodeCount} nodes, ${nodeCount * podsPerNode} pods`)
console.table(rows)
for (const end of ends) await end()
process.exit(0)
