import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { builtInKinds } from '@quarterdeck/api'
import { isApiError, type KubeObject } from '@quarterdeck/api-machinery'
import type { StoredObject } from '@quarterdeck/storage'

import { ann, nodeUser } from '../auth/testing/attributes.ts'
import type { AdmissionAttributes } from './admission.ts'
import { nodeRestriction } from './node-restriction.ts'

type Part = Record<string, unknown>
interface Asked {
  operation: AdmissionAttributes['operation']
  /** `resource` or `resource/subresource`. */
  of: string
  name?: string
  namespace?: string
  object?: Part
  old?: Part
}

const there: Record<string, Part> = {
  'pods/ns/mine': { metadata: { name: 'mine', namespace: 'ns' }, spec: { nodeName: 'n1', containers: [], volumes: [] }, status: {} },
  'pods/ns/theirs': { metadata: { name: 'theirs', namespace: 'ns' }, spec: { nodeName: 'n2', containers: [] }, status: {} },
  'nodes//n1': { metadata: { name: 'n1' } },
  'csidrivers.storage.k8s.io//d': { metadata: { name: 'd' }, spec: { tokenRequests: [{ audience: 'vault' }] } },
}
there['pods/ns/tokens'] = {
  metadata: { name: 'tokens', namespace: 'ns' },
  spec: {
    nodeName: 'n1',
    containers: [],
    volumes: [
      {
        name: 'a',
        projected: { sources: [{ serviceAccountToken: { path: 't' } }, { serviceAccountToken: { path: 's', audience: 'mesh' } }] },
      },
      { name: 'b', csi: { driver: 'd' } },
    ],
  },
  status: {},
}

const uidOf = (name: string): string => `uid-of-${name}`
const reader: AdmissionAttributes['reader'] = {
  read: (resource, namespace, name) => {
    const object = there[`${resource}/${namespace}/${name}`]
    return Promise.resolve(object && ({ uid: uidOf(name), object } as unknown as StoredObject))
  },
  list: () => Promise.resolve([]),
}

/** What node n1 is told; undefined if it may. */
async function answer(
  { operation, of, name = '', namespace = '', object, old }: Asked,
  user = nodeUser('n1'),
): Promise<string | undefined> {
  const [resource = '', subresource = ''] = of.split('/')
  const kind = builtInKinds.find((known) => known.resource === resource)!
  const whole = (part: Part | undefined) =>
    part && ({ metadata: {}, spec: {}, status: {}, ...structuredClone(part) } as unknown as KubeObject)
  const attributes = { operation, kind, name, namespace, subresource, user, dryRun: false, alongside: [], reader }
  try {
    await nodeRestriction.admit({ ...attributes, object: whole(object), old: whole(old) })
    return undefined
  } catch (error) {
    assert.ok(isApiError(error, 'Forbidden', 'NotFound'), String(error))
    return error.message
  }
}

const node = (metadata: Part = {}, spec: Part = {}): Part => ({ metadata: { name: 'n1', ...metadata }, spec })
const mirror = (metadata: Part = {}, spec: Part = {}): Part => ({
  metadata: {
    name: 'm',
    annotations: { 'kubernetes.io/config.mirror': 'x' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: uidOf('n1'), controller: true }],
    ...metadata,
  },
  spec: { nodeName: 'n1', containers: [], ...spec },
})
const owner = (part: Part) => ({
  ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n1', uid: uidOf('n1'), controller: true, ...part }],
})
const token = (bound: Part | undefined, audiences: string[] = []): Part => ({
  spec: { audiences, ...(bound ? { boundObjectRef: bound } : {}) },
})
const boundTo = (name: string, uid = uidOf(name)): Part => ({ apiVersion: 'v1', kind: 'Pod', name, uid })
const claim = (status: Part, metadata: Part = {}): Part => ({ metadata: { name: 'c', ...metadata }, spec: { volumeName: 'v' }, status })
const volume = (node: string, finalizers: string[], spec: Part = {}): Part => ({
  metadata: { name: 'v', labels: { 'quarterdeck.dev/node': node }, finalizers },
  spec,
})

const cases: Record<string, [what: string, asked: Asked, refusal?: RegExp][]> = {
  nodes: [
    ['itself', { operation: 'CREATE', of: 'nodes', object: node() }],
    ['another node', { operation: 'CREATE', of: 'nodes', object: node({ name: 'n2' }) }, /node "n1" is not allowed to modify node "n2"/],
    [
      'another’s status',
      { operation: 'UPDATE', of: 'nodes/status', name: 'n2', object: node(), old: node() },
      /not allowed to modify node "n2"/,
    ],
    [
      'itself with usual labels',
      {
        operation: 'CREATE',
        of: 'nodes',
        object: node({
          labels: {
            'kubernetes.io/os': 'linux',
            'topology.kubernetes.io/zone': 'a',
            'example.com/x': 'y',
            'x.node.kubernetes.io/y': 'z',
            plain: 'x',
          },
        }),
      },
    ],
    [
      'itself with restricted labels',
      {
        operation: 'CREATE',
        of: 'nodes',
        object: node({ labels: { 'x.node-restriction.kubernetes.io/y': 'z', 'node-restriction.kubernetes.io/a': 'b' } }),
      },
      /is not allowed to set the following labels: node-restriction.kubernetes.io\/a, x.node-restriction.kubernetes.io\/y/,
    ],
    [
      'a label of Kubernetes',
      {
        operation: 'UPDATE',
        of: 'nodes',
        name: 'n1',
        object: node({ labels: { 'node-role.kubernetes.io/control-plane': '' } }),
        old: node(),
      },
      /is not allowed to modify labels: node-role.kubernetes.io\/control-plane/,
    ],
    [
      'a restricted label away',
      { operation: 'UPDATE', of: 'nodes', name: 'n1', object: node(), old: node({ labels: { 'node-restriction.kubernetes.io/a': 'b' } }) },
      /modify labels: node-restriction/,
    ],
    [
      'a restricted label as it is',
      {
        operation: 'UPDATE',
        of: 'nodes',
        name: 'n1',
        object: node({ labels: { 'node-restriction.kubernetes.io/a': 'b' } }),
        old: node({ labels: { 'node-restriction.kubernetes.io/a': 'b' } }),
      },
    ],
    [
      'a taint away',
      { operation: 'UPDATE', of: 'nodes', name: 'n1', object: node(), old: node({}, { taints: [{ key: 'a' }] }) },
      /node "n1" is not allowed to modify taints/,
    ],
    ['itself with taints', { operation: 'CREATE', of: 'nodes', object: node({}, { taints: [{ key: 'a' }] }) }],
  ],
  pods: [
    ['a mirror pod', { operation: 'CREATE', of: 'pods', namespace: 'ns', object: mirror() }],
    [
      'a pod that is no mirror',
      { operation: 'CREATE', of: 'pods', object: mirror({ annotations: {} }) },
      /node "n1" can only create mirror pods/,
    ],
    [
      'a mirror pod elsewhere',
      { operation: 'CREATE', of: 'pods', object: mirror({}, { nodeName: 'n2' }) },
      /with spec.nodeName set to itself/,
    ],
    [
      'a mirror pod without owner',
      { operation: 'CREATE', of: 'pods', object: mirror({ ownerReferences: [] }) },
      /with an owner reference set to itself/,
    ],
    ['one of two owners', { operation: 'CREATE', of: 'pods', object: mirror({ ownerReferences: [{}, {}] }) }, /single owner reference/],
    [
      'one of another owner',
      { operation: 'CREATE', of: 'pods', object: mirror(owner({ name: 'n2' })) },
      /with an owner reference set to itself/,
    ],
    [
      'one whose owner is no controller',
      { operation: 'CREATE', of: 'pods', object: mirror(owner({ controller: false })) },
      /controller owner reference/,
    ],
    [
      'one that blocks its owner',
      { operation: 'CREATE', of: 'pods', object: mirror(owner({ blockOwnerDeletion: true })) },
      /must not set blockOwnerDeletion/,
    ],
    [
      'one of a former node',
      { operation: 'CREATE', of: 'pods', object: mirror(owner({ uid: 'old' })) },
      /node n1 UID mismatch: expected old got uid-of-n1/,
    ],
    [
      'one with an account',
      { operation: 'CREATE', of: 'pods', object: mirror({}, { serviceAccountName: 'a' }) },
      /reference a service account/,
    ],
    [
      'one with a Secret',
      { operation: 'CREATE', of: 'pods', object: mirror({}, { imagePullSecrets: [{ name: 'a' }] }) },
      /reference secrets/,
    ],
    [
      'one with a ConfigMap',
      { operation: 'CREATE', of: 'pods', object: mirror({}, { volumes: [{ name: 'v', configMap: { name: 'a' } }] }) },
      /reference configmaps/,
    ],
    [
      'one with a claim',
      { operation: 'CREATE', of: 'pods', object: mirror({}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'a' } }] }) },
      /reference persistentvolumeclaims/,
    ],
    [
      'a pod’s spec',
      { operation: 'UPDATE', of: 'pods', name: 'mine', object: mirror(), old: mirror() },
      /unexpected operation "UPDATE", node "n1" can only create and delete mirror pods/,
    ],
    ['a pod of its own away', { operation: 'DELETE', of: 'pods', name: 'mine', old: there['pods/ns/mine']! }],
    [
      'another’s pod away',
      { operation: 'DELETE', of: 'pods', name: 'theirs', old: there['pods/ns/theirs']! },
      /can only delete pods with spec.nodeName set to itself/,
    ],
    [
      'the status of its pod',
      { operation: 'UPDATE', of: 'pods/status', name: 'mine', object: there['pods/ns/mine']!, old: there['pods/ns/mine']! },
    ],
    [
      'the status of another’s pod',
      { operation: 'UPDATE', of: 'pods/status', name: 'theirs', object: there['pods/ns/theirs']!, old: there['pods/ns/theirs']! },
      /can only update pod status for pods with spec.nodeName set to itself/,
    ],
    [
      'labels by the status',
      { operation: 'UPDATE', of: 'pods/status', name: 'm', object: mirror({ labels: { a: 'b' } }), old: mirror() },
      /cannot update labels through pod status/,
    ],
    [
      'which device claims its pod has',
      {
        operation: 'UPDATE',
        of: 'pods/status',
        name: 'm',
        object: { ...mirror(), status: { resourceClaimStatuses: [{ name: 'a', resourceClaimName: 'b' }] } },
        old: mirror(),
      },
      /cannot update resource claim statues/,
    ],
    ['an eviction of its pod', { operation: 'CREATE', of: 'pods/eviction', name: 'mine', namespace: 'ns', object: {} }],
    [
      'an eviction of another’s pod',
      { operation: 'CREATE', of: 'pods/eviction', name: 'theirs', namespace: 'ns', object: {} },
      /node n1 can only evict pods/,
    ],
    [
      'an eviction of no pod',
      { operation: 'CREATE', of: 'pods/eviction', name: 'none', namespace: 'ns', object: {} },
      /pods "none" not found/,
    ],
    [
      'a binding',
      { operation: 'CREATE', of: 'pods/binding', name: 'mine', namespace: 'ns', object: {} },
      /unexpected pod subresource "binding"/,
    ],
  ],
  tokens: [
    [
      'a token for the API',
      { operation: 'CREATE', of: 'serviceaccounts/token', name: 'a', namespace: 'ns', object: token(boundTo('tokens')) },
    ],
    [
      'one for whom its volume means',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('tokens'), ['mesh']) },
    ],
    [
      'one for whom its driver means',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('tokens'), ['vault']) },
    ],
    [
      'one for somebody else',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('tokens'), ['bank']) },
      /audience "bank" not found in pod spec volume/,
    ],
    [
      'one for two',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('tokens'), ['mesh', 'vault']) },
      /node may only request 0 or 1 audiences/,
    ],
    [
      'one for a pod without a token',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('mine')) },
      /audience "" not found/,
    ],
    [
      'one that is not bound',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(undefined) },
      /node requested token not bound to a pod/,
    ],
    [
      'one bound to a Secret',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token({ ...boundTo('mine'), kind: 'Secret' }) },
      /not bound to a pod/,
    ],
    [
      'one without uid',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('mine', '')) },
      /with a pod binding without a uid/,
    ],
    [
      'one of another uid',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('mine', 'old')) },
      /the UID in the bound object reference \(old\) does not match the UID in record/,
    ],
    [
      'one for a pod elsewhere',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('theirs')) },
      /bound to a pod scheduled on a different node/,
    ],
    [
      'one for no pod',
      { operation: 'CREATE', of: 'serviceaccounts/token', namespace: 'ns', object: token(boundTo('none')) },
      /pods "none" not found/,
    ],
  ],
  volumes: [
    [
      'how far a claim has grown',
      {
        operation: 'UPDATE',
        of: 'persistentvolumeclaims/status',
        name: 'c',
        object: claim({ capacity: { storage: '2Gi' }, conditions: [] }),
        old: claim({ capacity: { storage: '1Gi' } }),
      },
    ],
    [
      'a claim’s phase',
      { operation: 'UPDATE', of: 'persistentvolumeclaims/status', name: 'c', object: claim({ phase: 'Lost' }), old: claim({}) },
      /fields other than status.quantity and status.conditions/,
    ],
    [
      'a claim’s labels',
      { operation: 'UPDATE', of: 'persistentvolumeclaims/status', name: 'c', object: claim({}, { labels: { a: 'b' } }), old: claim({}) },
      /fields other than/,
    ],
    [
      'a claim',
      { operation: 'UPDATE', of: 'persistentvolumeclaims', name: 'c', object: claim({}), old: claim({}) },
      /may only update PVC status/,
    ],
    [
      'its finalizer off its volume',
      {
        operation: 'UPDATE',
        of: 'persistentvolumes',
        name: 'v',
        object: volume('n1', []),
        old: volume('n1', ['quarterdeck.dev/local-path']),
      },
    ],
    [
      'another’s volume',
      {
        operation: 'UPDATE',
        of: 'persistentvolumes',
        name: 'v',
        object: volume('n2', []),
        old: volume('n2', ['quarterdeck.dev/local-path']),
      },
      /may only take its finalizer off/,
    ],
    [
      'its volume’s spec',
      { operation: 'UPDATE', of: 'persistentvolumes', name: 'v', object: volume('n1', [], { a: 1 }), old: volume('n1', []) },
      /may only take its finalizer off/,
    ],
  ],
  'what bears its name': [
    ['its lease', { operation: 'CREATE', of: 'leases.coordination.k8s.io', namespace: 'kube-node-lease', object: node() }],
    [
      'another’s lease',
      { operation: 'CREATE', of: 'leases.coordination.k8s.io', namespace: 'kube-node-lease', object: node({ name: 'n2' }) },
      /can only access node lease with the same name/,
    ],
    [
      'a lease elsewhere',
      { operation: 'UPDATE', of: 'leases.coordination.k8s.io', name: 'n1', namespace: 'kube-system', object: node() },
      /can only access leases in the "kube-node-lease" system namespace/,
    ],
    ['its CSINode', { operation: 'UPDATE', of: 'csinodes.storage.k8s.io', name: 'n1', object: node() }],
    [
      'another’s CSINode',
      { operation: 'CREATE', of: 'csinodes.storage.k8s.io', object: node({ name: 'n2' }) },
      /can only access CSINode with the same name/,
    ],
    [
      'another’s figures',
      { operation: 'CREATE', of: 'nodeusages.metrics.quarterdeck.dev', object: node({ name: 'n2' }) },
      /can only access NodeUsage with the same name/,
    ],
    ['its slice', { operation: 'CREATE', of: 'resourceslices.resource.k8s.io', object: { spec: { nodeName: 'n1' } } }],
    [
      'another’s slice',
      { operation: 'CREATE', of: 'resourceslices.resource.k8s.io', object: { spec: { nodeName: 'n2' } } },
      /can only create ResourceSlice with the same NodeName/,
    ],
    [
      'another’s slice away',
      { operation: 'DELETE', of: 'resourceslices.resource.k8s.io', old: { spec: { nodeName: 'n2' } } },
      /can only delete ResourceSlice with the same NodeName/,
    ],
  ],
}

for (const [about, ofKind] of Object.entries(cases))
  describe(`[P14] of ${about} a node may write`, () => {
    for (const [what, asked, refusal] of ofKind)
      test(`${what}: ${refusal ? 'no' : 'yes'}`, async () => {
        const told = await answer(asked)
        if (refusal) assert.match(told ?? 'it may', refusal)
        else assert.equal(told, undefined)
        assert.equal(await answer(asked, ann), undefined)
      })
  })
