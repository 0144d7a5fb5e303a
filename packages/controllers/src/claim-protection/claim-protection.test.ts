import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod } from '@quarterdeck/api'

import { planClaim } from '../ephemeral-volume/ephemeral-volume-controller.ts'
import { podOf } from '../testing/objects.ts'
import { claimOf, claimRefOf, volumeOf } from '../testing/storage.ts'
import { planExpansion } from '../volume-expansion/volume-expansion-controller.ts'
import { planFinalizers } from '../volume-protection/volume-protection-controller.ts'
import { keepsClaim } from './claim-protection-controller.ts'

const deletionTimestamp = '2026-01-01T00:00:00Z'
const uses = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'c' } }] }
const template = { metadata: { labels: { a: 'b' } }, spec: { accessModes: ['ReadWriteOnce'] } }
const ephemeral = { volumes: [{ name: 'd', ephemeral: { volumeClaimTemplate: template } }] }

describe('a claim is kept by a pod', () => {
  const cases: [what: string, pod: Pod, keeps: boolean][] = [
    ['that runs', podOf('p', { spec: { ...uses, nodeName: 'n' } }), true],
    ['that has ended but is there', podOf('p', { spec: { ...uses, nodeName: 'n' }, status: { phase: 'Succeeded' } }), true],
    ['that has no node', podOf('p', { spec: uses }), false],
    ['of another namespace', podOf('p', { meta: { namespace: 'other' }, spec: { ...uses, nodeName: 'n' } }), false],
    [
      'that its node is done with',
      podOf('p', { meta: { deletionTimestamp, deletionGracePeriodSeconds: 0 }, spec: { ...uses, nodeName: 'n' } }),
      true,
    ],
  ]
  for (const [what, pod, keeps] of cases) test(`[ST20] ${what}: ${keeps}`, () => assert.equal(keepsClaim(pod, claimOf('c')), keeps))
})

test('[ST20] a claim that a pod owns is kept until the pod is shut down, and by its owner alone', () => {
  const pod = podOf('p', { spec: { ...ephemeral, nodeName: 'n' } })
  const claim = claimOf('p-d', {}, { meta: { ownerReferences: planClaim(pod, ephemeral.volumes[0]!).metadata.ownerReferences } })
  assert.equal(keepsClaim(pod, claim), true)
  assert.equal(keepsClaim({ ...pod, metadata: { ...pod.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } }, claim), false)
  assert.equal(keepsClaim(pod, claimOf('p-d')), false)
})

test('[ST22] the claim of an ephemeral volume is named after pod and volume, and owned by the pod', () => {
  const pod = podOf('p', { spec: ephemeral })
  const claim = planClaim(pod, ephemeral.volumes[0]!)
  assert.equal(claim.metadata.name, 'p-d')
  assert.deepEqual(claim.metadata.labels, { a: 'b' })
  assert.equal(claim.metadata.ownerReferences?.[0]?.uid, pod.metadata.uid)
  assert.equal(claim.metadata.ownerReferences?.[0]?.controller, true)
})

test('[ST21] a volume is kept while it is bound', () => {
  const finalizers = ['kubernetes.io/pv-protection', 'x']
  const volume = (phase: string, meta: object) => volumeOf('v', {}, { meta, status: { phase } })
  assert.equal(planFinalizers(volume('Bound', { finalizers, deletionTimestamp })), undefined)
  assert.deepEqual(planFinalizers(volume('Released', { finalizers, deletionTimestamp })), ['x'])
  assert.deepEqual(planFinalizers(volume('Available', {})), ['kubernetes.io/pv-protection'])
  assert.equal(planFinalizers(volume('Available', { finalizers })), undefined)
})

test('[ST23] a bound claim that asks for more has its volume grown, by whoever made it', () => {
  const claim = claimOf('c', { resources: { requests: { storage: '2Gi' } } }, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } })
  const made = { annotations: { 'pv.kubernetes.io/provisioned-by': 'quarterdeck.dev/local-path' } }
  const local = volumeOf('v', { claimRef: claimRefOf(claim) }, { meta: made })
  assert.equal(planExpansion(claim, local), 'grow')
  assert.equal(planExpansion(claim, volumeOf('v', { claimRef: claimRefOf(claim) })), 'external')
  assert.equal(planExpansion(claim, volumeOf('v')), 'none')
  assert.equal(planExpansion({ ...claim, status: { phase: 'Bound', capacity: { storage: '2Gi' } } }, local), 'none')
  assert.equal(planExpansion({ ...claim, status: { phase: 'Pending' } }, local), 'none')
})
