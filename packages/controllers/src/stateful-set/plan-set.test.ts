import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { PersistentVolumeClaim, Pod, StatefulSet } from '@quarterdeck/api'
import type { OwnerReference } from '@quarterdeck/api-machinery'

import { metaOf, podOf } from '../testing/objects.ts'
import { podLike, statefulSetOf, templateOf } from '../testing/sets.ts'
import { planClaimOwners } from './claim-owners.ts'
import { claimsOfSet, possibleSetNames } from './claims-of-set.ts'
import { hasIdentity, ordinalIn } from './identity.ts'
import { planSet, type Step } from './plan-set.ts'
import { isBeforeUpdate } from './plan-update.ts'
import { podOfSet } from './pod-of-set.ts'
import { statusOfSet } from './set-status.ts'

const nowMs = Date.UTC(2026, 0, 1, 0, 0, 10)
const parallel = { podManagementPolicy: 'Parallel' }
const strategy = (rollingUpdate: object): Partial<StatefulSet['spec']> => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } })
const volumeClaimTemplates = [
  {
    metadata: { name: 'data', labels: { tier: 'db' } },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
]

const textOf = (step: Step): string => {
  if (step.do === 'create') return `create ${step.ordinal}`
  return step.do === 'own' ? `own ${step.claim.metadata.name}` : `${step.do} ${step.pod.metadata.name}`
}

function stepsOf(spec: Partial<StatefulSet['spec']>, pods: Pod[], claims: PersistentVolumeClaim[] = []): string[] {
  const plan = planSet({
    set: statefulSetOf('web', spec),
    pods,
    updateRevision: 'v2',
    claimOf: ({ name }) => claims.find(({ metadata }) => metadata.name === name),
    nowMs,
  })
  return plan.stages.flat().map(textOf)
}

/** Pods of ordinals 0, 1, …; an empty word is none. */
const podsOf = (...how: string[]): Pod[] => how.flatMap((word, i) => (word ? [podLike(`web-${i}`, word)] : []))

type Case = [rule: string, what: string, spec: Partial<StatefulSet['spec']>, pods: string[], ...steps: string[]]
const cases: Case[] = [
  ['SS10', 'the first pod alone', {}, [], 'create 0'],
  ['SS10', 'no second before the first is ready', {}, ['v2 unready']],
  ['SS10', 'the second once the first is ready', {}, ['v2 ready'], 'create 1'],
  ['SS10', 'no second before the first is available', { minReadySeconds: 60 }, ['v2 ready']],
  ['SS10', 'a lost pod before a later one', {}, ['v2 ready', '', 'v2 ready'], 'create 1'],
  ['SS10', 'nothing while a pod goes', {}, ['v2 ready', 'v2 going', '']],
  ['SS10', 'all at once in parallel', parallel, [], 'create 0', 'create 1', 'create 2'],
  ['SS10', 'the missing ones in parallel, whatever the others do', parallel, ['v2 unready', '', 'v2 going'], 'create 1'],
  ['SS13', 'a failed pod to be deleted, and nothing else', {}, ['v2 failed', '', ''], 'delete web-0'],
  ['SS13', 'a pod that succeeded to be deleted', {}, ['v2 succeeded', '', ''], 'delete web-0'],
  ['SS13', 'a failed pod to be deleted while others are made', parallel, ['v2 failed', ''], 'delete web-0', 'create 1', 'create 2'],
  ['SS12', 'the highest pod too many to go', { replicas: 1 }, ['v2 ready', 'v2 ready', 'v2 ready'], 'delete web-2'],
  ['SS12', 'the next to wait for it', { replicas: 1 }, ['v2 ready', 'v2 ready', 'v2 going']],
  ['SS12', 'none to go while a wanted one is not ready', { replicas: 2 }, ['v2 ready', 'v2 unready', 'v2 ready']],
  ['SS12', 'none to go while a lower one too many is not ready', { replicas: 1 }, ['v2 ready', 'v2 unready', 'v2 unready']],
  ['SS12', 'the one that is not ready to go', { replicas: 1 }, ['v2 ready', 'v2 ready', 'v2 unready'], 'delete web-2'],
  [
    'SS12',
    'all too many to go in parallel',
    { ...parallel, replicas: 1 },
    ['v2 ready', 'v2 unready', 'v2 ready'],
    'delete web-2',
    'delete web-1',
  ],
  ['SS12', 'pods below the start to go', { replicas: 1, ordinals: { start: 1 } }, ['v2 ready', 'v2 ready'], 'delete web-0'],
  ['SS12', 'the first ordinal where it starts', { ordinals: { start: 4 } }, [], 'create 4'],
  ['SS12', 'none at all', { replicas: 0 }, []],
  ['SS20', 'the highest outdated pod to be renewed', {}, ['v1 ready', 'v1 ready', 'v1 ready'], 'delete web-2'],
  ['SS20', 'the next once that is ready', {}, ['v1 ready', 'v1 ready', 'v2 ready'], 'delete web-1'],
  ['SS20', 'no next one before', {}, ['v1 ready', 'v1 ready', 'v2 unready']],
  ['SS20', 'scaling before updating', { replicas: 2 }, ['v1 ready', 'v1 ready', 'v1 ready'], 'delete web-2'],
  ['SS21', 'pods below the partition to be left', strategy({ partition: 2 }), ['v1 ready', 'v1 ready', 'v2 ready']],
  ['SS21', 'nothing above a partition beyond the end', strategy({ partition: 9 }), ['v1 ready', 'v1 ready', 'v1 ready']],
  ['SS22', 'outdated pods to be left to others', { updateStrategy: { type: 'OnDelete' } }, ['v1 ready', 'v1 ready', 'v1 ready']],
  [
    'SS23',
    'as many at once as may be unavailable',
    strategy({ maxUnavailable: 2 }),
    ['v1 ready', 'v1 ready', 'v1 ready'],
    'delete web-2',
    'delete web-1',
  ],
  ['SS23', 'a share rounded down, but one', strategy({ maxUnavailable: '50%' }), ['v1 ready', 'v1 ready', 'v1 ready'], 'delete web-2'],
  [
    'SS23',
    'those unavailable already to be counted',
    { ...parallel, ...strategy({ maxUnavailable: 2 }) },
    ['v2 unready', 'v1 ready', 'v1 ready'],
    'delete web-2',
  ],
  [
    'SS23',
    'outdated ones that are unavailable to be renewed at once',
    { ...parallel, ...strategy({ maxUnavailable: 1 }) },
    ['v1 unready', 'v1 ready', 'v1 unready'],
    'delete web-2',
    'delete web-0',
  ],
  ['SS24', 'a broken new pod to stop the update', {}, ['v1 ready', 'v1 ready', 'v3 unready']],
  ['SS24', 'a broken outdated pod to be renewed in parallel', parallel, ['v1 ready', 'v1 ready', 'v3 unready'], 'delete web-2'],
]

describe('a StatefulSet plans', () => {
  for (const [rule, what, spec, pods, ...steps] of cases)
    test(`[${rule}] ${what}`, () => assert.deepEqual(stepsOf(spec, podsOf(...pods)), steps))

  test('[SS3] nothing once it is being deleted', () => {
    const set = statefulSetOf('web')
    set.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    assert.deepEqual(planSet({ set, pods: [], updateRevision: 'v2', claimOf: () => undefined, nowMs }).stages, [])
  })

  test('[SS11] the labels of a pod that lost them', () => {
    const pod = podOf('web-0', { meta: { labels: { 'controller-revision-hash': 'v2' } }, status: podLike('web-0', 'v2 ready').status })
    assert.equal(hasIdentity(statefulSetOf('web'), pod), false)
    assert.deepEqual(stepsOf({ replicas: 1 }, [pod]), ['label web-0'])
  })

  test('[SS10] to look again when the next pod is available', () => {
    const set = statefulSetOf('web', { minReadySeconds: 25 })
    const plan = planSet({ set, pods: podsOf('v2 ready'), updateRevision: 'v2', claimOf: () => undefined, nowMs })
    assert.equal(plan.requeueAfterMs, 15_000)
  })

  test('[SS30] claims that a pending pod waits for', () =>
    assert.deepEqual(stepsOf({ volumeClaimTemplates }, podsOf('v2 pending')), ['claim web-0']))
})

describe('[SS11] a pod of a StatefulSet', () => {
  test('has its name as host name, its set’s service as domain, its labels and its claims', () => {
    const set = statefulSetOf('web', { serviceName: 'svc', volumeClaimTemplates })
    const template = templateOf('v9')
    template.spec!.volumes = [
      { name: 'data', emptyDir: {} },
      { name: 'tmp', emptyDir: {} },
    ]
    const { metadata, spec } = podOfSet(set, 4, { revision: 'web-abc', template })
    assert.equal(metadata.name, 'web-4')
    assert.equal(metadata.generateName, undefined)
    assert.deepEqual(metadata.labels, {
      app: 'web',
      'statefulset.kubernetes.io/pod-name': 'web-4',
      'apps.kubernetes.io/pod-index': '4',
      'controller-revision-hash': 'web-abc',
    })
    assert.deepEqual([spec.hostname, spec.subdomain], ['web-4', 'svc'])
    assert.deepEqual(spec.volumes, [
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-4' } },
      { name: 'tmp', emptyDir: {} },
    ])
    assert.equal(spec.containers[0]?.image, 'v9')
  })

  for (const [name, ordinal] of Object.entries({
    'web-0': 0,
    'web-17': 17,
    'web-01': undefined,
    'web-a-1': undefined,
    web: undefined,
    'web-': undefined,
  }))
    test(`${name} has the ordinal ${ordinal}`, () => assert.equal(ordinalIn('web', name), ordinal))
})

describe('[SS30] claims of a StatefulSet', () => {
  test('are named and labelled after it', () => {
    const [claim] = claimsOfSet(statefulSetOf('web', { volumeClaimTemplates }), 2)
    assert.equal(claim?.metadata.name, 'data-web-2')
    assert.deepEqual(claim?.metadata.labels, { tier: 'db', app: 'web' })
  })

  test('tell by their names of which sets they can be', () => {
    assert.deepEqual([...possibleSetNames('data-my-web-0')], ['my-web', 'web'])
    assert.deepEqual([...possibleSetNames('data-web-x')], [])
  })
})

describe('[SS21] a new pod', () => {
  const rows: [string, Partial<StatefulSet['spec']>, number, boolean][] = [
    ['below the partition is of the template before', strategy({ partition: 2 }), 1, true],
    ['above it is of the newest', strategy({ partition: 2 }), 2, false],
    ['counts from the start ordinal', { ...strategy({ partition: 2 }), ordinals: { start: 5 } }, 6, true],
    [
      'of a strategy that says nothing is of the one before while enough of it are left',
      { updateStrategy: { type: 'RollingUpdate' } },
      1,
      true,
    ],
    ['and no longer then', { updateStrategy: { type: 'RollingUpdate' } }, 2, false],
    ['is of the newest with OnDelete', { updateStrategy: { type: 'OnDelete' } }, 0, false],
  ]
  for (const [what, spec, ordinal, expected] of rows)
    test(what, () => assert.equal(isBeforeUpdate(statefulSetOf('web', spec, { currentReplicas: 2 }), ordinal), expected))
})

describe('[SS31] the owners of a claim', () => {
  const set = statefulSetOf('web', { replicas: 2 })
  const setRef: OwnerReference = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: set.metadata.uid, controller: true }
  const podRef = (i: number, uid = `p${i}`): OwnerReference => ({ apiVersion: 'v1', kind: 'Pod', name: `web-${i}`, uid, controller: true })
  const other: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' }
  const foreign: OwnerReference = { ...other, controller: true }
  type Row = [what: string, policy: string, ordinal: number, before: OwnerReference[], after: string[] | 'as they are']
  const rows: Row[] = [
    ['are none when everything is kept', 'Retain Retain', 0, [], 'as they are'],
    ['are no longer ours when everything is kept', 'Retain Retain', 0, [setRef, other], ['x']],
    ['are the set if its deletion takes claims along', 'Delete Retain', 0, [other], ['x', setRef.uid]],
    ['are the set of a pod too many as well', 'Delete Retain', 2, [], [setRef.uid]],
    ['are right', 'Delete Retain', 0, [setRef], 'as they are'],
    ['must control', 'Delete Retain', 0, [{ ...setRef, controller: false }], [setRef.uid]],
    ['are none of a wanted pod if only scaling deletes', 'Retain Delete', 1, [], 'as they are'],
    ['are the pod of one too many if scaling deletes', 'Retain Delete', 2, [], ['p2']],
    ['are the pod alone if both delete', 'Delete Delete', 2, [setRef], ['p2']],
    ['are the set again once the pod is wanted', 'Delete Delete', 1, [podRef(1)], [setRef.uid]],
    ['of an earlier set are left', 'Delete Delete', 1, [{ ...setRef, uid: 'old' }], 'as they are'],
    ['of an earlier pod are left', 'Retain Delete', 1, [podRef(1, 'old')], 'as they are'],
    ['are left to another controller', 'Delete Delete', 1, [foreign], 'as they are'],
    ['are another controller alone', 'Delete Delete', 1, [foreign, setRef], ['x']],
  ]
  for (const [what, policy, ordinal, ownerReferences, after] of rows)
    test(`${what} (${policy})`, () => {
      const [whenDeleted = '', whenScaled = ''] = policy.split(' ')
      set.spec.persistentVolumeClaimRetentionPolicy = { whenDeleted, whenScaled }
      const claim = { metadata: metaOf(`data-web-${ordinal}`, { ownerReferences }) } as PersistentVolumeClaim
      const owners = planClaimOwners(set, claim, { name: `web-${ordinal}`, uid: `p${ordinal}` })
      assert.deepEqual(owners?.map(({ uid }) => uid) ?? 'as they are', after)
    })

  test('of a pod that is gone keep the next one waiting', () => {
    const claim = { metadata: metaOf('data-web-0', { ownerReferences: [podRef(0, 'old')] }) } as PersistentVolumeClaim
    const policy = { whenDeleted: 'Retain', whenScaled: 'Delete' }
    const spec = { volumeClaimTemplates, replicas: 1 }
    assert.deepEqual(stepsOf({ ...spec, persistentVolumeClaimRetentionPolicy: policy }, [], [claim]), [])
    assert.deepEqual(stepsOf(spec, [], [claim]), ['create 0'])
  })
})

describe('[SS2] the status of a StatefulSet', () => {
  const statusFor = (pods: Pod[], spec: Partial<StatefulSet['spec']> = {}) =>
    statusOfSet({
      set: statefulSetOf('web', spec),
      pods,
      outdated: pods.filter(({ metadata }) => metadata.name === 'web-9'),
      currentRevision: 'v1',
      updateRevision: 'v2',
      collisionCount: undefined,
      nowMs,
    })

  test('counts in the middle of an update', () => {
    const { observedGeneration: _generation, conditions: _conditions, ...status } = statusFor(podsOf('v1 ready', 'v1 unready', 'v2 going'))
    assert.deepEqual(status, {
      replicas: 3,
      readyReplicas: 2,
      availableReplicas: 2,
      currentReplicas: 2,
      updatedReplicas: undefined,
      currentRevision: 'v1',
      updateRevision: 'v2',
      collisionCount: 0,
    })
  })

  test('says the new revision is the current one when the update is complete', () => {
    const status = statusFor(podsOf('v2 ready', 'v2 ready', 'v2 ready'))
    assert.deepEqual([status.currentRevision, status.currentReplicas, status.updatedReplicas], ['v2', 3, 3])
    assert.equal(statusFor(podsOf('v2 ready', 'v2 ready', 'v2 unready')).currentRevision, 'v1')
    assert.equal(statusFor(podsOf('v2 ready', 'v2 ready', 'v2 ready'), { updateStrategy: { type: 'OnDelete' } }).currentRevision, 'v1')
  })

  test('counts those that an update is about to end as gone', () =>
    assert.equal(statusFor([podLike('web-9', 'v1 ready')]).currentReplicas, undefined))
})
