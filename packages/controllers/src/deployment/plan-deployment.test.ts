import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Deployment, Pod, ReplicaSet } from '@quarterdeck/api'
import fc from 'fast-check'

import { deploymentOf, metaOf, podOf } from '../testing/objects.ts'
import { planDeployment, type DeploymentPlan } from './plan-deployment.ts'
import { rollingLimitsOf } from './rolling-limits.ts'

/** A cluster of one Deployment whose ReplicaSets do at once what they are told. */
class Simulation {
  deployment: Deployment
  replicaSets: ReplicaSet[] = []
  pods = new Map<string, Pod[]>()
  nowMs = Date.UTC(2026, 0, 1)
  /** Pods of these images never become ready. */
  broken = new Set<string>()

  constructor(deployment: Deployment) {
    this.deployment = deployment
  }

  plan(): DeploymentPlan {
    return planDeployment({
      deployment: this.deployment,
      replicaSets: this.replicaSets,
      podsOf: (replicaSet) => this.pods.get(replicaSet.metadata.uid) ?? [],
      nowMs: this.nowMs,
    })
  }

  apply(plan: DeploymentPlan): boolean {
    const before = JSON.stringify([this.deployment, this.replicaSets])
    if (plan.create) {
      const created = plan.create
      const meta = metaOf(created.metadata.name ?? '', {
        ...created.metadata,
        creationTimestamp: new Date(this.nowMs).toISOString(),
      } as never)
      this.replicaSets.push({
        ...created,
        metadata: meta,
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
      })
    }
    for (const { replicaSet, replicas, annotations } of plan.change) {
      this.replicaSets = this.replicaSets.map((r) =>
        r === replicaSet ? { ...r, metadata: { ...r.metadata, annotations }, spec: { ...r.spec, replicas } } : r,
      )
    }
    this.replicaSets = this.replicaSets.filter((r) => !plan.delete.includes(r))
    const annotations = {
      ...this.deployment.metadata.annotations,
      ...(plan.revision ? { 'deployment.kubernetes.io/revision': plan.revision } : {}),
    }
    this.deployment = { ...this.deployment, metadata: { ...this.deployment.metadata, annotations }, status: plan.status }
    this.nowMs += 1000
    return JSON.stringify([this.deployment, this.replicaSets]) !== before
  }

  /** One pod becomes ready at a time; surplus pods go at once. */
  advancePods(): boolean {
    for (const [index, replicaSet] of this.replicaSets.entries()) {
      const size = replicaSet.spec.replicas ?? 0
      const image = replicaSet.spec.template?.spec?.containers[0]?.image ?? ''
      const available = Math.min(replicaSet.status.availableReplicas ?? 0, size)
      const grows = available < size && !this.broken.has(image)
      const next = grows ? available + 1 : available
      const status = { replicas: size, readyReplicas: next, availableReplicas: next, observedGeneration: 1 }
      if (replicaSet.status.replicas === size && replicaSet.status.availableReplicas === next) continue
      this.replicaSets[index] = { ...replicaSet, status }
      return true
    }
    return false
  }

  settle(check: () => void = () => {}): void {
    for (let step = 0; step < 500; step++) {
      check()
      const planned = this.apply(this.plan())
      check()
      if (!this.advancePods() && !planned) return
    }
    assert.fail('does not settle')
  }

  setImage(image: string): void {
    const { template } = this.deployment.spec
    this.edit({ template: { ...template, spec: { containers: [{ name: 'c', image }] } } })
  }

  edit(spec: Partial<Deployment['spec']>): void {
    const generation = (this.deployment.metadata.generation ?? 0) + 1
    this.deployment = {
      ...this.deployment,
      metadata: { ...this.deployment.metadata, generation },
      spec: { ...this.deployment.spec, ...spec },
    }
  }

  condition(type: string): string | undefined {
    const found = this.deployment.status.conditions?.find((c) => c.type === type)
    return found && `${found.status} ${found.reason}`
  }

  sizes(): Record<string, number> {
    return Object.fromEntries(
      this.replicaSets.map((r) => [r.spec.template?.spec?.containers[0]?.image ?? '', r.spec.replicas ?? 0] as const),
    )
  }
}

describe('planning a Deployment', () => {
  test('[DE1] creates a ReplicaSet named after its template, with the hash in labels, selector and template', () => {
    const { create, revision, status } = new Simulation(deploymentOf('web')).plan()
    const hash = create?.metadata.labels?.['pod-template-hash']
    assert.match(hash ?? '', /^[bcdfghjklmnpqrstvwxz2456789]+$/)
    assert.equal(create?.metadata.name, `web-${hash}`)
    assert.equal(create?.spec.selector.matchLabels?.['pod-template-hash'], hash)
    assert.equal(create?.spec.template?.metadata?.labels?.['pod-template-hash'], hash)
    assert.equal(create?.spec.replicas, 3)
    assert.equal(revision, '1')
    assert.equal(status.observedGeneration, 1)
  })

  test('[DE2] a finished rollout is Available and NewReplicaSetAvailable', () => {
    const simulation = new Simulation(deploymentOf('web'))
    simulation.settle()
    assert.equal(simulation.condition('Available'), 'True MinimumReplicasAvailable')
    assert.equal(simulation.condition('Progressing'), 'True NewReplicaSetAvailable')
    assert.equal(simulation.deployment.status.updatedReplicas, 3)
  })

  test('[DE3] a rolling update never exceeds maxSurge nor falls below maxUnavailable, and finishes', () => {
    const limit = fc.oneof(
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 100 }).map((n) => `${n}%`),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), limit, limit, (replicas, maxSurge, maxUnavailable) => {
        const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } }
        const simulation = new Simulation(deploymentOf('web', { replicas, strategy }))
        simulation.settle()
        simulation.setImage('v2')
        const limits = rollingLimitsOf(simulation.deployment)
        simulation.settle(() => {
          const total = simulation.replicaSets.reduce((sum, r) => sum + (r.spec.replicas ?? 0), 0)
          const available = simulation.replicaSets.reduce(
            (sum, r) => sum + Math.min(r.status.availableReplicas ?? 0, r.spec.replicas ?? 0),
            0,
          )
          assert.ok(total <= replicas + limits.maxSurge, `${total} pods`)
          assert.ok(available >= replicas - limits.maxUnavailable, `${available} available`)
        })
        assert.deepEqual(simulation.sizes(), { v1: 0, v2: replicas })
      }),
      { numRuns: 60 },
    )
  })

  test('[DE4] maxSurge rounds up, maxUnavailable rounds down, and both cannot be 0', () => {
    const limits = (replicas: number, maxSurge: string | number, maxUnavailable: string | number) =>
      rollingLimitsOf(deploymentOf('web', { replicas, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable } } }))
    assert.deepEqual(limits(3, '25%', '25%'), { maxSurge: 1, maxUnavailable: 0 })
    assert.deepEqual(limits(10, '25%', '25%'), { maxSurge: 3, maxUnavailable: 2 })
    assert.deepEqual(limits(3, 0, '10%'), { maxSurge: 0, maxUnavailable: 1 })
    assert.deepEqual(limits(2, 1, 5), { maxSurge: 1, maxUnavailable: 2 })
  })

  test('[DE5] a broken template stops at the limits, and a rollback takes it away and counts as a new revision', () => {
    const simulation = new Simulation(deploymentOf('web', { replicas: 4 }))
    simulation.settle()
    simulation.broken.add('v2')
    simulation.setImage('v2')
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 3, v2: 2 })
    simulation.setImage('v1')
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 4, v2: 0 })
    const first = simulation.replicaSets.find((r) => r.spec.template?.spec?.containers[0]?.image === 'v1')
    assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision'], '3')
    assert.equal(first?.metadata.annotations?.['deployment.kubernetes.io/revision-history'], '1')
    assert.equal(simulation.deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '3')
    assert.equal(simulation.condition('Progressing'), 'True NewReplicaSetAvailable')
  })

  test('[DE5] a revision is counted with all of its 64 bits', () => {
    const simulation = new Simulation(deploymentOf('web'))
    simulation.settle()
    simulation.replicaSets = simulation.replicaSets.map((replicaSet) => {
      const annotations = { ...replicaSet.metadata.annotations, 'deployment.kubernetes.io/revision': '3546343826724305832' }
      return { ...replicaSet, metadata: { ...replicaSet.metadata, annotations } }
    })
    simulation.setImage('v2')
    simulation.settle()
    assert.equal(simulation.deployment.metadata.annotations?.['deployment.kubernetes.io/revision'], '3546343826724305833')
  })

  test('[DE6] a rollout without progress for progressDeadlineSeconds is ProgressDeadlineExceeded, and asks to be looked at then', () => {
    const simulation = new Simulation(deploymentOf('web', { progressDeadlineSeconds: 30 }))
    simulation.broken.add('v1')
    simulation.settle()
    assert.equal(simulation.condition('Progressing'), 'True ReplicaSetUpdated')
    const wait = simulation.plan().requeueAfterMs
    assert.ok(wait !== undefined && wait > 0 && wait <= 31_000)
    simulation.nowMs += wait
    simulation.settle()
    assert.equal(simulation.condition('Progressing'), 'False ProgressDeadlineExceeded')
    simulation.broken.clear()
    simulation.settle()
    assert.equal(simulation.condition('Progressing'), 'True NewReplicaSetAvailable')
  })

  test('[DE7] a paused Deployment scales but does not roll out; resumed it does', () => {
    const simulation = new Simulation(deploymentOf('web'))
    simulation.settle()
    simulation.edit({ paused: true })
    simulation.setImage('v2')
    simulation.edit({ replicas: 5 })
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 5 })
    assert.equal(simulation.condition('Progressing'), 'Unknown DeploymentPaused')
    simulation.edit({ paused: false })
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 0, v2: 5 })
  })

  test('[DE8] scaling in the middle of a rollout is shared out in proportion', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } }
    const simulation = new Simulation(deploymentOf('web', { replicas: 10, strategy }))
    simulation.settle()
    simulation.broken.add('v2')
    simulation.setImage('v2')
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 8, v2: 5 })
    simulation.edit({ replicas: 15 })
    simulation.apply(simulation.plan())
    assert.deepEqual(simulation.sizes(), { v1: 11, v2: 7 })
  })

  test('[DE9] Recreate waits until no old pod runs', () => {
    const simulation = new Simulation(deploymentOf('web', { strategy: { type: 'Recreate' } }))
    simulation.settle()
    const old = simulation.replicaSets[0]
    assert.ok(old)
    simulation.pods.set(old.metadata.uid, [podOf('terminating', { meta: { deletionTimestamp: '2026-01-01T00:00:00Z' } })])
    simulation.setImage('v2')
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 0 })
    simulation.pods.clear()
    simulation.settle()
    assert.deepEqual(simulation.sizes(), { v1: 0, v2: 3 })
  })

  test('[DE10] old ReplicaSets beyond revisionHistoryLimit are deleted, the oldest revisions first', () => {
    const simulation = new Simulation(deploymentOf('web', { revisionHistoryLimit: 2 }))
    simulation.settle()
    for (const image of ['v2', 'v3', 'v4', 'v5']) {
      simulation.setImage(image)
      simulation.settle()
    }
    assert.deepEqual(Object.keys(simulation.sizes()), ['v3', 'v4', 'v5'])
  })

  test('[DE11] a settled Deployment plans nothing', () => {
    const simulation = new Simulation(deploymentOf('web'))
    simulation.settle()
    const plan = simulation.plan()
    assert.deepEqual([plan.create, plan.change, plan.delete], [undefined, [], []])
    assert.deepEqual(plan.status, simulation.deployment.status)
  })
})
