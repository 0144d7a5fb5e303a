import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Pod, ResourceClaim, ResourceClaimTemplate } from '@quarterdeck/api'
import { dns1123SubdomainErrors, type ObjectMeta } from '@quarterdeck/api-machinery'

import { metaOf, podOf } from '../testing/objects.ts'
import { generateNameOf, planClaim } from './plan-claim.ts'
import { planRelease, type ReleasePlan } from './plan-release.ts'

const deletionTimestamp = '2026-01-01T00:00:00Z'
const finalizers = ['x', 'resource.kubernetes.io/delete-protection']
const podClaim = { name: 'gpu', resourceClaimTemplateName: 't' }
const template = {
  metadata: metaOf('t'),
  spec: { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { devices: { requests: [] } } },
} as unknown as ResourceClaimTemplate

test('[RC1] the claim of a pod is its own, and says what the pod calls it', () => {
  const pod = podOf('web')
  const { metadata, spec } = planClaim(pod, podClaim, { template, collisions: 0 })
  assert.match(metadata.name, /^web-gpu-[a-z0-9]{5}$/)
  assert.equal(metadata.generateName, 'web-gpu-')
  assert.deepEqual(metadata.labels, { a: 'b' })
  assert.deepEqual(metadata.annotations, { c: 'd', 'resource.kubernetes.io/pod-claim-name': 'gpu' })
  assert.deepEqual(metadata.ownerReferences, [{ apiVersion: 'v1', kind: 'Pod', name: 'web', uid: pod.metadata.uid, controller: true }])
  assert.deepEqual(spec, template.spec.spec)
})

test('[RC1] whoever makes the claim of a pod twice makes the same one, and of another pod another', () => {
  const pod = podOf('web')
  const nameFor = (of: Pod, collisions = 0): string => planClaim(of, podClaim, { template, collisions }).metadata.name
  assert.equal(nameFor(pod), nameFor(structuredClone(pod)))
  assert.notEqual(nameFor(pod), nameFor(podOf('web')))
  assert.notEqual(nameFor(pod), nameFor(pod, 1))
})

describe('[RC1] names of claims are no longer than labels, and show both names:', () => {
  const long = `${'p'.repeat(40)}.${'q'.repeat(200)}`
  for (const [pod, claim] of [
    ['web', 'gpu'],
    [long, 'gpu'],
    ['web', 'c'.repeat(63)],
    [long, 'c'.repeat(63)],
    [`${'p'.repeat(27)}.${'q'.repeat(29)}`, 'c'.repeat(60)],
  ] as const)
    test(`${pod.length} and ${claim.length}`, () => {
      const name = `${generateNameOf(pod, claim)}abcde`
      assert.ok(name.length <= 63, name)
      assert.deepEqual(dns1123SubdomainErrors(name), [])
    })
})

const user = (name: string, resource = 'pods') => ({ resource, name, uid: `uid-${name}` })
const allocation = { devices: { results: [] } }

function claimOf(status: ResourceClaim['status'], meta: Partial<ObjectMeta> = {}): ResourceClaim {
  return { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata: metaOf('c', meta), spec: {}, status }
}

interface ReleaseCase {
  what: string
  claim: ResourceClaim
  gone?: string[]
  pod?: Pod
  plan: Partial<ReleasePlan>
}

const nothing: ReleasePlan = { status: undefined, endsProtection: false, isUnneeded: false }
const owner = podOf('owner')
const ownedBy = (pod: Pod): Partial<ObjectMeta> => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid, controller: true }],
})

const cases: ReleaseCase[] = [
  { what: 'a claim that nobody uses', claim: claimOf({ allocation }, { finalizers }), plan: {} },
  { what: 'a claim whose users are there', claim: claimOf({ allocation, reservedFor: [user('a')] }, { finalizers }), plan: {} },
  {
    what: 'one of two users is gone',
    claim: claimOf({ allocation, reservedFor: [user('a'), user('b')] }, { finalizers }),
    gone: ['a'],
    plan: { status: { allocation, reservedFor: [user('b')] } },
  },
  {
    what: 'the last user is gone',
    claim: claimOf({ allocation, reservedFor: [user('a')] }, { finalizers }),
    gone: ['a'],
    plan: { status: { reservedFor: [] }, endsProtection: true },
  },
  {
    what: 'the last user of devices that the scheduler did not give is gone',
    claim: claimOf({ allocation, reservedFor: [user('a')] }),
    gone: ['a'],
    plan: { status: { allocation, reservedFor: [] } },
  },
  {
    what: 'a user that is no pod',
    claim: claimOf({ allocation, reservedFor: [user('a', 'machines')] }, { finalizers }),
    gone: ['a'],
    plan: {},
  },
  {
    what: 'a claim that is deleted while nobody uses it',
    claim: claimOf({ allocation }, { finalizers, deletionTimestamp }),
    plan: { status: { reservedFor: [] }, endsProtection: true },
  },
  {
    what: 'a claim that is deleted and has no devices',
    claim: claimOf({}, { finalizers, deletionTimestamp }),
    plan: { endsProtection: true },
  },
  {
    what: 'a claim that is deleted while it is used',
    claim: claimOf({ allocation, reservedFor: [user('a')] }, { finalizers, deletionTimestamp }),
    plan: {},
  },
  { what: 'a claim made for a pod that is there', claim: claimOf({}, ownedBy(owner)), pod: owner, plan: {} },
  { what: 'a claim made for a pod that is not known', claim: claimOf({}, ownedBy(owner)), plan: {} },
  {
    what: 'a claim made for a pod that has ended',
    claim: claimOf({}, ownedBy(owner)),
    pod: { ...owner, status: { phase: 'Failed' } },
    plan: { isUnneeded: true },
  },
  {
    what: 'a claim made for a pod that was deleted before it had a node',
    claim: claimOf({}, ownedBy(owner)),
    pod: { ...owner, metadata: { ...owner.metadata, deletionTimestamp } },
    plan: { isUnneeded: true },
  },
  {
    what: 'a claim made for a pod whose name another has',
    claim: claimOf({}, ownedBy(owner)),
    pod: podOf('owner'),
    plan: { isUnneeded: true },
  },
]

describe('[RC3] of a claim is given back what nobody uses:', () => {
  for (const { what, claim, gone = [], pod, plan } of cases)
    test(what, () => {
      const planned = planRelease(claim, { isGone: ({ name }) => gone.includes(name), podOf: () => pod })
      assert.deepEqual(planned, { ...nothing, ...plan })
    })
})
