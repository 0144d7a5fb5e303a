import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { defaultClassOf, type PersistentVolume, type PersistentVolumeClaim, type StorageClass } from '@quarterdeck/api'

import { claimOf, claimRefOf, storageClassOf, volumeOf } from '../testing/storage.ts'
import { planClaim, type ClaimPlan, type ClaimView } from './plan-claim.ts'
import { planVolume, unboundVolume, type VolumePlan } from './plan-volume.ts'
import { Reservations } from './reservations.ts'

const view = (claim: PersistentVolumeClaim, more: Partial<ClaimView> = {}): ClaimView => ({
  claim,
  storageClass: undefined,
  defaultClass: undefined,
  volume: undefined,
  reserved: [],
  free: [],
  waitingPods: [],
  ...more,
})

/** What a plan does, as one line: `bind v`, `wait FailedBinding: …`. */
function lineOf(plan: ClaimPlan): string {
  switch (plan.do) {
    case 'bind':
      return `bind ${plan.volume.metadata.name}`
    case 'assignClass':
      return `assignClass ${plan.className}`
    case 'provision':
      return `provision ${plan.storageClass.metadata.name}`
    case 'wait':
    case 'lose':
      return plan.event ? `${plan.do} ${plan.event.type} ${plan.event.reason}: ${plan.event.message}` : plan.do
  }
}

const selectsNode = { annotations: { 'volume.kubernetes.io/selected-node': 'n' } }
const wasBound = { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' }
const delayed = storageClassOf('c', { volumeBindingMode: 'WaitForFirstConsumer' })
const immediate = storageClassOf('c')

describe('a claim that takes any volume', () => {
  const claim = claimOf('d')
  const sized = (name: string, storage: string, spec: PersistentVolume['spec'] = {}): PersistentVolume =>
    volumeOf(name, { capacity: { storage }, ...spec })
  const labelled = volumeOf('labelled', {}, { meta: { labels: { disk: 'fast' } } })
  const cases: [what: string, view: ClaimView, expected: string][] = [
    [
      '[ST10] gets the smallest that is large enough',
      view(claim, { free: [sized('s', '900Mi'), sized('l', '9Gi'), sized('m', '2Gi')] }),
      'bind m',
    ],
    [
      '[ST10] gets the one with the fewest access modes before a smaller one',
      view(claim, { free: [sized('many', '1Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }), sized('few', '5Gi')] }),
      'bind few',
    ],
    [
      '[ST10] gets none without its access modes',
      view(claim, { storageClass: immediate, free: [sized('o', '1Gi', { accessModes: ['ReadOnlyMany'] })] }),
      'provision c',
    ],
    [
      '[ST10] gets none of another mode',
      view(claim, { storageClass: immediate, free: [sized('b', '1Gi', { volumeMode: 'Block' })] }),
      'provision c',
    ],
    [
      '[ST10] gets none of another class',
      view(claim, { storageClass: immediate, free: [sized('x', '1Gi', { storageClassName: 'x' })] }),
      'provision c',
    ],
    [
      '[ST10] gets none that is being deleted',
      view(claim, { storageClass: immediate, free: [volumeOf('g', {}, { meta: deleted })] }),
      'provision c',
    ],
    [
      '[ST10] gets none that is not available yet',
      view(claim, { storageClass: immediate, free: [volumeOf('n', {}, { status: { phase: 'Pending' } })] }),
      'provision c',
    ],
    [
      '[ST10] gets one that its selector selects',
      view(claimOf('d', { selector: { matchLabels: { disk: 'fast' } } }), { free: [sized('plain', '1Gi'), labelled] }),
      'bind labelled',
    ],
    [
      '[ST11] gets the one that was reserved for it by name',
      view(claim, { free: [sized('m', '1Gi')], reserved: [sized('r', '5Gi', { claimRef: { namespace: 'default', name: 'd' } })] }),
      'bind r',
    ],
    [
      '[ST11] leaves what was reserved for an earlier claim of its name',
      view(claim, {
        storageClass: immediate,
        reserved: [sized('r', '5Gi', { claimRef: { namespace: 'default', name: 'd', uid: 'other' } })],
      }),
      'provision c',
    ],
    [
      '[ST12] of a delayed class takes none by itself',
      view(claim, { storageClass: delayed, free: [sized('m', '1Gi')] }),
      'wait Normal WaitForFirstConsumer: waiting for first consumer to be created before binding',
    ],
    [
      '[ST12] of a delayed class waits for its pod',
      view(claim, { storageClass: delayed, waitingPods: ['p'] }),
      'wait Normal WaitForPodScheduled: waiting for pod p to be scheduled',
    ],
    [
      '[ST12] of a delayed class waits for its pods',
      view(claim, { storageClass: delayed, waitingPods: ['p', 'q'] }),
      'wait Normal WaitForPodScheduled: waiting for pods p,q to be scheduled',
    ],
    [
      '[ST12] of a delayed class has one made once a node is selected',
      view(claimOf('d', {}, { meta: selectsNode }), { storageClass: delayed }),
      'provision c',
    ],
    [
      '[ST13] gets the default class when there is one',
      view(claimOf('d', { storageClassName: undefined }), { defaultClass: immediate }),
      'assignClass c',
    ],
    [
      '[ST13] that wants no class gets none',
      view(claimOf('d', { storageClassName: '' })),
      'wait Normal FailedBinding: no persistent volumes available for this claim and no storage class is set',
    ],
    ['[ST13] says that its class is not there', view(claim), 'wait Warning ProvisioningFailed: storageclass.storage.k8s.io "c" not found'],
    ['[ST14] that is being deleted gets none', view(claimOf('d', {}, { meta: deleted }), { free: [sized('m', '1Gi')] }), 'wait'],
  ]
  for (const [what, input, expected] of cases) test(what, () => assert.equal(lineOf(planClaim(input)), expected))
})

describe('a claim that names its volume', () => {
  const claim = claimOf('d', { volumeName: 'v' })
  const cases: [what: string, volume: PersistentVolume | undefined, expected: string][] = [
    ['waits until there is one', undefined, 'wait'],
    ['gets it', volumeOf('v'), 'bind v'],
    ['gets it if it is reserved for it', volumeOf('v', { claimRef: claimRefOf(claim) }), 'bind v'],
    [
      'is told if it has another claim',
      volumeOf('v', { claimRef: { namespace: 'default', name: 'e' } }),
      'wait Warning FailedBinding: volume "v" already bound to a different claim.',
    ],
    [
      'is told if it is too small',
      volumeOf('v', { capacity: { storage: '1Mi' } }),
      'wait Warning VolumeMismatch: Cannot bind to requested volume "v": requested PV is too small',
    ],
    [
      'is told if it is of another class',
      volumeOf('v', { storageClassName: '' }),
      'wait Warning VolumeMismatch: Cannot bind to requested volume "v": storageClassName does not match',
    ],
    [
      'is told if its mode is another',
      volumeOf('v', { volumeMode: 'Block' }),
      'wait Warning VolumeMismatch: Cannot bind to requested volume "v": incompatible volumeMode',
    ],
    [
      'is told if it can not be used so',
      volumeOf('v', { accessModes: ['ReadOnlyMany'] }),
      'wait Warning VolumeMismatch: Cannot bind to requested volume "v": incompatible accessMode',
    ],
  ]
  for (const [what, volume, expected] of cases)
    test(`[ST11] ${what}`, () => assert.equal(lineOf(planClaim(view(claim, { volume }))), expected))
})

describe('a claim that was bound', () => {
  const claim = claimOf('d', { volumeName: 'v' }, { meta: wasBound })
  const cases: [what: string, claim: PersistentVolumeClaim, volume: PersistentVolume | undefined, expected: string][] = [
    ['is completed', claim, volumeOf('v', { claimRef: claimRefOf(claim) }), 'bind v'],
    ['takes its volume back that lost its reference', claim, volumeOf('v'), 'bind v'],
    [
      'is lost with its volume',
      claim,
      undefined,
      'lose Warning ClaimLost: Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ],
    [
      'is lost without a reference',
      claimOf('d', {}, { meta: wasBound }),
      undefined,
      'lose Warning ClaimLost: Bound claim has lost reference to PersistentVolume. Data on the volume is lost!',
    ],
    [
      'is lost if another one has its volume',
      claim,
      volumeOf('v', { claimRef: { namespace: 'default', name: 'e', uid: 'other' } }),
      'lose Warning ClaimMisbound: Two claims are bound to the same volume, this one is bound incorrectly',
    ],
  ]
  for (const [what, subject, volume, expected] of cases)
    test(`[ST15] ${what}`, () => assert.equal(lineOf(planClaim(view(subject, { volume }))), expected))
})

function volumeLine(plan: VolumePlan): string {
  switch (plan.do) {
    case 'setPhase':
      return plan.phase
    case 'release':
      return plan.reclaim.do === 'fail' ? `fail ${plan.reclaim.event.reason}: ${plan.reclaim.event.message}` : `release ${plan.reclaim.do}`
    case 'warn':
      return `warn ${plan.onVolume.reason} ${plan.onClaim.reason}`
    default:
      return plan.do
  }
}

describe('a volume', () => {
  const claim = claimOf('d', { volumeName: 'v' })
  const pending = claimOf('d')
  const elsewhere = claimOf('d', { volumeName: 'w' })
  const of = (
    c: PersistentVolumeClaim,
    policy = 'Retain',
    annotations: Record<string, string> = {},
    spec: PersistentVolume['spec'] = {},
  ): PersistentVolume =>
    volumeOf('v', { claimRef: claimRefOf(c), persistentVolumeReclaimPolicy: policy, ...spec }, { meta: { annotations } })
  const made = (by: string): Record<string, string> => ({ 'pv.kubernetes.io/provisioned-by': by })
  const cases: [what: string, volume: PersistentVolume, claim: PersistentVolumeClaim | undefined, expected: string][] = [
    ['[ST16] that no one has is available', volumeOf('v'), undefined, 'Available'],
    [
      '[ST16] that is reserved by name is available',
      volumeOf('v', { claimRef: { namespace: 'default', name: 'd' } }),
      pending,
      'Available',
    ],
    ['[ST16] that its claim names is bound', of(claim), claim, 'Bound'],
    ['[ST16] whose claim does not name it yet is left to it', of(pending), pending, 'leave'],
    [
      '[ST16] of another mode than its claim is told of',
      of(pending, 'Retain', {}, { volumeMode: 'Block' }),
      pending,
      'warn VolumeMismatch VolumeMismatch',
    ],
    ['[ST17] without its claim is kept', of(claim), undefined, 'release keep'],
    ['[ST17] of an earlier claim of the name is released', of(claim), claimOf('d', { volumeName: 'v' }), 'release keep'],
    ['[ST17] of the nodes is deleted', of(claim, 'Delete', made('quarterdeck.dev/local-path')), undefined, 'release delete'],
    ['[ST17] of another provisioner is left to it', of(claim, 'Delete', made('example.com/p')), undefined, 'release keep'],
    [
      '[ST17] of a driver is left to it',
      of(claim, 'Delete', {}, { hostPath: undefined, csi: { driver: 'd', volumeHandle: 'h' } }),
      undefined,
      'release keep',
    ],
    [
      '[ST17] that nobody can delete fails',
      of(claim, 'Delete'),
      undefined,
      'fail VolumeFailedDelete: error getting deleter volume plugin for volume "v": no volume plugin matched',
    ],
    [
      '[ST17] that is to be recycled fails',
      of(claim, 'Recycle'),
      undefined,
      'fail VolumeFailedRecycle: No recycler plugin found for the volume!',
    ],
    ['[ST18] whose claim took another is free again', of(elsewhere), elsewhere, 'unbind'],
    [
      '[ST18] made for a claim that took another is deleted',
      of(elsewhere, 'Delete', made('quarterdeck.dev/local-path')),
      elsewhere,
      'release delete',
    ],
  ]
  for (const [what, volume, of_, expected] of cases) test(what, () => assert.equal(volumeLine(planVolume(volume, of_)), expected))

  test('[ST18] that the controller chose loses its reference; one that a user reserved keeps the name', () => {
    assert.deepEqual(unboundVolume(of(elsewhere)).spec.claimRef, { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'd' })
    const chosen = unboundVolume(of(elsewhere, 'Retain', { 'pv.kubernetes.io/bound-by-controller': 'yes', other: 'x' }))
    assert.equal(chosen.spec.claimRef, undefined)
    assert.deepEqual(chosen.metadata.annotations, { other: 'x' })
  })
})

test('a volume that a claim is being bound to is not tried by another until it changes', () => {
  const reservations = new Reservations()
  const [volume, first, second]: [PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaim] = [
    volumeOf('v'),
    claimOf('a'),
    claimOf('b'),
  ]
  reservations.take(volume, first)
  assert.equal(reservations.isTaken(volume, second), true)
  assert.equal(reservations.isTaken(volume, first), false)
  assert.equal(reservations.isTaken({ ...volume, metadata: { ...volume.metadata, resourceVersion: 'later' } }, second), false)
})

test('[ST13] of several default classes the newest counts', () => {
  const at = (name: string, creationTimestamp: string, isDefault = true): StorageClass => {
    const storageClass = storageClassOf(name)
    const annotations = isDefault ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {}
    return { ...storageClass, metadata: { ...storageClass.metadata, creationTimestamp, annotations } }
  }
  const classes = [
    at('old', '2026-01-01T00:00:00Z'),
    at('b', '2026-01-02T00:00:00Z'),
    at('a', '2026-01-02T00:00:00Z'),
    at('no', '2026-02-01T00:00:00Z', false),
  ]
  assert.equal(defaultClassOf(classes)?.metadata.name, 'a')
})
