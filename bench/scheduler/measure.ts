import { setImmediate } from 'node:timers/promises'

import { realClock } from '@quarterdeck/controller-runtime'
import { createDefaultProfile, SchedulerCore, staticCaches } from '@quarterdeck/scheduler'
import type { Pod } from '@quarterdeck/api'

import { benchNode, benchPod } from './objects.ts'
import type { Workload } from './workloads.ts'

/** Nothing here has volumes to be stored. */
const refuse = (): never => {
  throw new Error('a benchmark stores nothing')
}
const noClient = { update: refuse, patch: refuse }

export interface Measured {
  pods: number
  seconds: number
  /** Attempts, for pods that were placed and that were not. */
  attempts: number
}

/** Runs a workload on the scheduling loop alone: bindings, nominations and deletions succeed at once, and are told of as a server would. */
export async function measureLoop(workload: Workload, nodeCount: number): Promise<Measured> {
  const stop = new AbortController()
  const { there, unschedulable, measured } = workload
  let attempts = 0
  let onPlaced = (): void => {}
  const bound = new Map<string, Pod>()
  const core: SchedulerCore = new SchedulerCore({
    profiles: (handle) => [
      createDefaultProfile({
        core: handle,
        caches: staticCaches(),
        client: noClient,
        clock: realClock,
        binder: {
          name: 'MemoryBinder',
          bind: async ({ pod }, nodeName) => {
            const placed = { ...pod, spec: { ...pod.spec, nodeName } }
            bound.set(pod.metadata.uid, placed)
            await setImmediate()
            core.setPod(placed, pod)
            return true
          },
        },
        preempt: async ({ victim: { pod } }) => {
          await setImmediate()
          core.removePod(pod)
        },
      }),
    ],
    reports: {
      binding: () => undefined,
      scheduled: () => onPlaced(),
      unschedulable: () => {},
      gated: () => {},
      nominationCleared: () => {},
      failed: (_pod, error) => console.error(error),
    },
    metrics: { attempted: () => void attempts++ },
  })
  for (let i = 0; i < nodeCount; i++) core.setNode(workload.node(i))
  const running = core.run(stop.signal)

  /** Adds pods all at once and waits until they are placed. */
  const place = (count: number, pod: (index: number) => Pod): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let placed = 0
    onPlaced = () => {
      if (++placed === count) resolve()
    }
    for (let i = 0; i < count; i++) core.setPod(pod(i))
    return promise
  }

  if (there) await place(there.count, there.pod)
  if (unschedulable) for (let i = 0; i < unschedulable.count; i++) core.setPod(unschedulable.pod(i))
  attempts = 0
  const endChurn = workload.churns ? churn(core) : () => {}
  const startedAt = performance.now()
  await place(measured.count, measured.pod)
  const seconds = (performance.now() - startedAt) / 1000
  endChurn()
  stop.abort()
  await running
  return { pods: measured.count, seconds, attempts }
}

/** As scheduler_perf's mixed churn: every so often a node, a pod that fits nowhere and a pod on a node come and go. */
function churn(core: SchedulerCore): () => void {
  let round = 0
  const timer = setInterval(() => {
    const name = `churn-${round++}`
    const pod = benchPod(name, { spec: { nodeName: `node-${round}` } })
    const waiting = benchPod(`${name}-large`, { requests: { cpu: '9' } })
    core.setNode(benchNode(name))
    core.setPod(pod)
    core.setPod(waiting)
    setTimeout(() => {
      core.removePod(pod)
      core.removePod(waiting)
      core.removeNode(name)
    }, 10)
  }, 20)
  return () => clearInterval(timer)
}
