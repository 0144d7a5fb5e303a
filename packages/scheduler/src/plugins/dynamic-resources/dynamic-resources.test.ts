import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'

import {
  resourceClaims,
  type DeviceClass,
  type Pod,
  type ResourceClaim,
  type V1AllocatedDeviceStatus,
  type V1AllocationResult,
} from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'

import { FakeClock } from '@quarterdeck/controller-runtime/testing'

import { mayHelp } from '../../framework/cluster-event.ts'
import type { PluginEnvironment } from '../../plugin-environment.ts'
import { staticCaches } from '../../static-caches.ts'
import { nodeOf, podInfo, podOf } from '../../testing/objects.ts'
import { startCore, withoutPreemption } from '../../testing/start-core.ts'
import { createDynamicResources } from './dynamic-resources.ts'

const gpuClass = { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'gpu', uid: 'class' }, spec: {} } as DeviceClass
const device = { request: 'gpu', driver: 'd.example.com', pool: 'p', device: 'd0' }
const anywhere: V1AllocationResult = { devices: { results: [device] } }
const onSsd: V1AllocationResult = {
  nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }] },
}
const waitsFor: V1AllocationResult = {
  devices: { results: [{ ...device, bindingConditions: ['attached'], bindingFailureConditions: ['broken'] }] },
}
const said = (type: string): V1AllocatedDeviceStatus[] => [
  {
    driver: 'd.example.com',
    pool: 'p',
    device: 'd0',
    conditions: [{ type, status: 'True', reason: 'Said', message: 'so', lastTransitionTime: '2026-01-01T00:00:00Z' }],
  },
]

function claimOf(status: ResourceClaim['status'] = {}, metadata: Partial<ResourceClaim['metadata']> = {}): ResourceClaim {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name: 'c', namespace: 'default', uid: 'claim', resourceVersion: '1', creationTimestamp: '', ...metadata },
    spec: { devices: { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] } },
    status,
  }
}

const user = (i: number) => ({ resource: 'pods', name: `u${i}`, uid: `u${i}` })
const using: Partial<Pod['spec']> = { resourceClaims: [{ name: 'gpu', resourceClaimName: 'c' }] }
const made: Partial<Pod['spec']> = { resourceClaims: [{ name: 'gpu', resourceClaimTemplateName: 't' }] }

interface Setting {
  claims?: ResourceClaim[]
  bind?: () => Promise<void>
}

/** Two nodes, one of them with an SSD; what is patched is noted, and is what the plugin sees from then on. */
function start(t: TestContext, { claims = [], bind = async () => {} }: Setting) {
  const patches: unknown[] = []
  const known = staticCaches(claims)
  const client = {
    update: () => Promise.reject(new Error('not stored')),
    patch: async (_kind: unknown, key: { namespace: string; name: string }, patch: { status: { reservedFor: unknown } }) => {
      patches.push(patch.status.reservedFor)
      return known.cache(resourceClaims).get(key)
    },
  } as unknown as PluginEnvironment['client']
  const run = startCore(t, { bind, objects: [gpuClass, ...claims], client })
  run.core.setNode(nodeOf('ssd', { labels: { disk: 'ssd' } }))
  run.core.setNode(nodeOf('hdd', { labels: { disk: 'hdd' } }))
  const set = (claim: ResourceClaim): void => {
    const old = run.caches.cache(resourceClaims).get(keyOf(claim))
    known.set(claim)
    run.caches.set(claim)
    run.core.announce({ type: 'ResourceClaim', object: claim, old })
  }
  return { ...run, patches, set }
}

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('[SC30] a pod that has claims to devices', () => {
  const refused: [what: string, claims: ResourceClaim[], spec: Partial<Pod['spec']>, message: string][] = [
    ['whose claim is not there', [], using, 'p: could not find ResourceClaim "default/c"'],
    ['whose claim is not made yet', [], made, 'p: pod "default/p": ResourceClaim not created yet'],
    ['whose claim is going', [claimOf({}, { deletionTimestamp: '2026-01-01T00:00:00Z' })], using, 'p: resourceclaim "c" is being deleted'],
    ['whose claim has no devices', [claimOf()], using, 'p: 0/2 nodes are available: 2 cannot allocate all claims.'],
    [
      'whose devices cannot be reached from anywhere',
      [claimOf({ allocation: { nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'x', operator: 'Exists' }] }] } } })],
      using,
      'p: 0/2 nodes are available: 2 resourceclaim not available on the node.',
    ],
    [
      'whose claim is full',
      [claimOf({ allocation: anywhere, reservedFor: Array.from({ length: 256 }, (_, i) => user(i)) })],
      using,
      'p: 0/2 nodes are available: resourceclaim in use.',
    ],
  ]
  for (const [what, claims, spec, message] of refused)
    test(`${what} waits and says so`, async (t) => {
      const { core, messages, bound } = start(t, { claims })
      core.setPod(podOf('p', spec))
      await settle()
      assert.deepEqual(messages.map(withoutPreemption), [message])
      assert.deepEqual(bound, [])
    })

  test('whose claim wants a class that is not there waits for it', async (t) => {
    const claim = claimOf()
    claim.spec.devices!.requests![0]!.exactly!.deviceClassName = 'tpu'
    const { core, messages } = start(t, { claims: [claim] })
    core.setPod(podOf('p', using))
    await settle()
    assert.deepEqual(messages.map(withoutPreemption), ['p: 0/2 nodes are available: request gpu: device class tpu does not exist.'])
  })

  test('whose template made a claim for another pod does not take it', async (t) => {
    const { core, messages } = start(t, { claims: [claimOf({ allocation: anywhere })] })
    const pod = podOf('p', made)
    core.setPod({ ...pod, status: { ...pod.status, resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'c' }] } })
    await settle()
    assert.deepEqual(messages, ['p: ResourceClaim default/c was not created for Pod default/p (Pod is not owner)'])
  })

  test('whose claim is found to need no devices goes anywhere', async (t) => {
    const { core, bound } = start(t, {})
    const pod = podOf('p', made)
    core.setPod({ ...pod, status: { ...pod.status, resourceClaimStatuses: [{ name: 'gpu' }] } })
    await settle()
    assert.equal(bound.length, 1)
  })

  test('goes where its devices are once it has them, and is written down as their user', async (t) => {
    const { core, bound, patches, set } = start(t, { claims: [claimOf()] })
    core.setPod(podOf('p', using))
    await settle()
    assert.deepEqual(bound, [])
    set(claimOf({ allocation: onSsd }))
    await settle()
    assert.deepEqual(bound, ['p to ssd'])
    assert.deepEqual(patches, [[{ resource: 'pods', name: 'p', uid: 'uid-p' }]])
  })

  test('[SC24] is not asked about claims of others', () => {
    const { hints } = createDynamicResources({
      caches: staticCaches(),
      clock: new FakeClock(),
      client: { patch: () => Promise.reject(new Error('no')) },
    })
    const pod = podInfo('p', using)
    const changed = (claim: ResourceClaim): boolean =>
      mayHelp(hints ?? {}, { type: 'ResourceClaim', object: claim, old: claimOf({}, claim.metadata) }, pod)
    assert.equal(changed(claimOf({ allocation: anywhere })), true)
    assert.equal(changed(claimOf({ allocation: anywhere }, { name: 'other' })), false)
    assert.equal(changed(claimOf()), false)
  })

  test('that is its user already is not written down again, even if it is full', async (t) => {
    const users = [...Array.from({ length: 255 }, (_, i) => user(i)), { resource: 'pods', name: 'p', uid: 'uid-p' }]
    const { core, bound, patches } = start(t, { claims: [claimOf({ allocation: onSsd, reservedFor: users })] })
    core.setPod(podOf('p', using))
    await settle()
    assert.deepEqual([bound, patches], [['p to ssd'], []])
  })

  test('whose binding fails gives its claim back', async (t) => {
    const { core, patches } = start(t, { claims: [claimOf({ allocation: onSsd })], bind: () => Promise.reject(new Error('no')) })
    core.setPod(podOf('p', using))
    await settle()
    assert.deepEqual(patches[1], [{ $patch: 'delete', uid: 'uid-p' }])
  })

  test('learns of its claims while it waits, as soon as they are made', async (t) => {
    const { core, bound, set } = start(t, {})
    const pod = podOf('p', made)
    core.setPod(pod)
    await settle()
    const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-p', controller: true }
    set(claimOf({ allocation: onSsd }, { ownerReferences: [owner] }))
    core.setPod({ ...pod, status: { ...pod.status, resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'c' }] } }, pod)
    await settle()
    assert.deepEqual(bound, ['p to ssd'])
  })

  test('is bound when the drivers say that its devices are ready', async (t) => {
    const { core, bound, set } = start(t, { claims: [claimOf({ allocation: waitsFor })] })
    core.setPod(podOf('p', using))
    await settle()
    assert.deepEqual(bound, [])
    set(claimOf({ allocation: waitsFor, devices: said('attached') }))
    await settle()
    assert.equal(bound.length, 1)
  })

  test('is not bound when one of its devices fails, or is not ready in ten minutes', async (t) => {
    const failing = start(t, { claims: [claimOf({ allocation: waitsFor })] })
    failing.core.setPod(podOf('p', using))
    await settle()
    failing.set(claimOf({ allocation: waitsFor, devices: said('broken') }))
    await settle()
    assert.deepEqual(failing.bound, [])
    assert.match(failing.messages[0] ?? '', /device binding failed: claim=c, reason=Said, message="so"/)

    const late = start(t, { claims: [claimOf({ allocation: waitsFor })] })
    late.core.setPod(podOf('p', using))
    await settle()
    void late.clock.advance(600_000)
    await settle()
    assert.match(late.messages[0] ?? '', /device binding timeout: claim=c/)
  })
})
