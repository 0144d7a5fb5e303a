import assert from 'node:assert/strict'
import { test } from 'node:test'

import { testCreations, testStatusUpdates, testUpdates, type Case, type Part, type UpdateCase } from '../testing/validation-cases.ts'
import { claimWarnings, topologyWarnings, volumeWarnings } from '../volumes/storage-warnings.ts'

const request = (storage: string): Part => ({ requests: { storage } })
const claim = (more: Part = {}): Part => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: request('1Gi'), ...more },
  status: {},
})
const bound = (more: Part = {}, status: Part = {}): Part => ({
  spec: { accessModes: ['ReadWriteOnce'], resources: request('2Gi'), volumeName: 'v', storageClassName: 'c', ...more },
  status: { phase: 'Bound', capacity: { storage: '2Gi' }, ...status },
})
const affinity = {
  required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['n'] }] }] },
}
const volume = (more: Part = {}): Part => ({
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' }, ...more },
  status: {},
})
const local = (more: Part = {}): Part => volume({ hostPath: undefined, local: { path: '/data' }, ...more })
const csi = (more: Part = {}): Part => ({ driver: 'd.example.com', volumeHandle: 'h', ...more })
const storageClass = (more: Part = {}): Part => ({ provisioner: 'example.com/p', ...more })
const topology = (...values: string[]): Part => ({ matchLabelExpressions: [{ key: 'zone', values }] })
const attachment = (source: Part, status: Part = {}): Part => ({
  spec: { attacher: 'd.example.com', nodeName: 'n', source },
  status: { attached: false, ...status },
})
const driver = (more: Part = {}): Part => ({ name: 'd.example.com', nodeID: 'n', ...more })

const creations: Record<string, Case[]> = {
  persistentvolumeclaims: [
    ['what it needs', claim()],
    ['no access mode', claim({ accessModes: [] }), 'spec.accessModes: Required value: at least 1 access mode is required'],
    ['an unknown access mode', claim({ accessModes: ['RWX'] }), 'spec.accessModes: Unsupported value: "RWX"'],
    [
      'one pod and many',
      claim({ accessModes: ['ReadWriteOncePod', 'ReadWriteMany'] }),
      'spec.accessModes: may not use ReadWriteOncePod with other access modes',
    ],
    ['no size', claim({ resources: {} }), 'spec.resources[storage]: Required value'],
    ['no size at all', claim({ resources: request('0') }), 'spec.resources[storage]: must be greater than zero'],
    ['half a byte', claim({ resources: request('500m') })],
    ['a class that is no name', claim({ storageClassName: 'A B' }), 'spec.storageClassName: RFC 1123 subdomain'],
    ['no class, said so', claim({ storageClassName: '' })],
    ['an unknown mode', claim({ volumeMode: 'Tape' }), 'spec.volumeMode: supported values: "Block", "Filesystem"'],
    [
      'a selector that cannot be',
      claim({ selector: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] } }),
      'spec.selector.matchExpressions[0].values: Required value',
    ],
    [
      'a source of the core group that is no claim',
      claim({ dataSourceRef: { kind: 'Pod', name: 'p' } }),
      "spec.dataSourceRef: must be 'PersistentVolumeClaim' when referencing the default apiGroup",
    ],
    [
      'two sources',
      claim({
        dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
      }),
      'spec: must match dataSourceRef',
    ],
  ],
  persistentvolumes: [
    ['what it needs', volume()],
    ['no source', volume({ hostPath: undefined }), 'spec: must specify a volume type'],
    ['two sources', volume({ nfs: { server: 's', path: '/p' } }), 'spec.nfs: may not specify more than 1 volume type'],
    ['no capacity', volume({ capacity: {} }), 'spec.capacity: Required value', 'spec.capacity: Unsupported value'],
    ['no room', volume({ capacity: { storage: '0' } }), 'spec.capacity[storage]: must be greater than zero'],
    ['no access mode', volume({ accessModes: [] }), 'spec.accessModes: Required value'],
    ['an unknown policy', volume({ persistentVolumeReclaimPolicy: 'Keep' }), 'spec.persistentVolumeReclaimPolicy: Unsupported value'],
    [
      'a root to be emptied',
      volume({ hostPath: { path: '/.' }, persistentVolumeReclaimPolicy: 'Recycle' }),
      "spec.persistentVolumeReclaimPolicy: may not be 'recycle' for a hostPath mount of '/'",
    ],
    ['a local folder of a node', local({ nodeAffinity: affinity })],
    ['a local folder of no node', local(), 'spec.nodeAffinity: Local volume requires node affinity'],
    ['an affinity to nothing', volume({ nodeAffinity: {} }), 'spec.nodeAffinity.required: must specify required node constraints'],
    ['a path that climbs', volume({ hostPath: { path: '/a/../b' } }), "spec.hostPath.path: must not contain '..'"],
    ['a driver', volume({ hostPath: undefined, csi: csi() })],
    ['a driver without a handle', volume({ hostPath: undefined, csi: csi({ volumeHandle: '' }) }), 'spec.csi.volumeHandle: Required value'],
    [
      'a secret of no namespace',
      volume({ hostPath: undefined, csi: csi({ nodePublishSecretRef: { name: 's' } }) }),
      'spec.csi.nodePublishSecretRef.namespace: Required value',
    ],
    [
      'attributes without a driver',
      volume({ volumeAttributesClassName: 'gold' }),
      'spec.csi: has to be specified when using volumeAttributesClassName',
    ],
    [
      'a share by a relative path',
      volume({ hostPath: undefined, nfs: { server: 's', path: 'p' } }),
      'spec.nfs.path: must be an absolute path',
    ],
    [
      'mount options that nobody reads',
      { ...volume(), metadata: { annotations: { 'volume.beta.kubernetes.io/mount-options': 'ro' } } },
      'metadata.annotations.volume.beta.kubernetes.io/mount-options: may not specify mount options for this volume type',
    ],
  ],
  'storageclasses.storage.k8s.io': [
    ['what it needs', storageClass()],
    ['no provisioner', storageClass({ provisioner: '' }), 'provisioner: Required value'],
    ['a policy that classes do not know', storageClass({ reclaimPolicy: 'Recycle' }), 'reclaimPolicy: Unsupported value'],
    ['an unknown moment', storageClass({ volumeBindingMode: 'Later' }), 'volumeBindingMode: Unsupported value'],
    ['a nameless parameter', storageClass({ parameters: { '': 'a' } }), 'parameters: field can not be empty.'],
    [
      'the same place twice',
      storageClass({ allowedTopologies: [topology('a', 'b'), topology('b', 'a')] }),
      'allowedTopologies[1].matchLabelExpressions: Duplicate value',
    ],
    [
      'a place without values',
      storageClass({ allowedTopologies: [topology()] }),
      'allowedTopologies[0].matchLabelExpressions[0].values: Required value',
    ],
  ],
  'volumeattributesclasses.storage.k8s.io': [
    ['what it needs', { driverName: 'd', parameters: { iops: '1' } }],
    ['nothing to set', { driverName: 'd' }, 'parameters: must contain at least one key/value pair'],
  ],
  'csidrivers.storage.k8s.io': [
    ['nothing', { spec: {} }],
    ['an unknown policy', { spec: { fsGroupPolicy: 'Maybe' } }, 'spec.fsGroupPolicy: Unsupported value'],
    ['an unknown mode', { spec: { volumeLifecycleModes: ['Brief'] } }, 'spec.volumeLifecycleModes: Unsupported value'],
    [
      'one audience twice, and a token of a minute',
      { spec: { tokenRequests: [{ audience: 'a', expirationSeconds: 60 }, { audience: 'a' }] } },
      'spec.tokenRequests[0].expirationSeconds: may not specify a duration less than 10 minutes',
      'spec.tokenRequests[1].audience: Duplicate value',
    ],
    [
      'a short period',
      { spec: { nodeAllocatableUpdatePeriodSeconds: 9 } },
      'spec.nodeAllocatableUpdatePeriodSeconds: must be greater than or equal to 10 seconds',
    ],
  ],
  'csinodes.storage.k8s.io': [
    ['a driver', { spec: { drivers: [driver({ allocatable: { count: 3 }, topologyKeys: ['zone'] })] } }],
    ['a driver twice', { spec: { drivers: [driver(), driver()] } }, 'spec.drivers[1].name: Duplicate value'],
    [
      'less than no room',
      { spec: { drivers: [driver({ allocatable: { count: -1 } })] } },
      'spec.drivers[0].allocatable.count: must be greater',
    ],
    ['no id', { spec: { drivers: [driver({ nodeID: '' })] } }, 'spec.drivers[0].nodeID: Required value'],
  ],
  'volumeattachments.storage.k8s.io': [
    ['a volume', attachment({ persistentVolumeName: 'v' })],
    ['nothing', attachment({}), 'spec.source: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    [
      'an inline volume without a driver',
      attachment({ inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } } }),
      'spec.source.inlineVolumeSpec.csi: has to be specified in the context of inline volumes',
    ],
  ],
  'csistoragecapacities.storage.k8s.io': [
    ['a class', { storageClassName: 'c', capacity: '1Gi' }],
    ['less than nothing', { storageClassName: 'c', capacity: '-1' }, 'capacity: must be greater than or equal to 0'],
  ],
}

const immutable = 'spec: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
const updates: Record<string, UpdateCase[]> = {
  persistentvolumeclaims: [
    ['the volume, once', claim(), claim({ volumeName: 'v' })],
    ['the volume, again', bound(), bound({ volumeName: 'w' }), immutable],
    ['the class that was left out', claim(), claim({ storageClassName: 'c' })],
    ['the class', claim({ storageClassName: 'c' }), claim({ storageClassName: 'd' }), immutable],
    ['the class that was said to be none', claim({ storageClassName: '' }), claim({ storageClassName: 'd' }), immutable],
    ['the size of a claim without a volume', claim(), claim({ resources: request('2Gi') }), immutable],
    ['a bound claim to more', bound(), bound({ resources: request('3Gi') })],
    ['a failed growth to less than was asked', bound({ resources: request('9Gi') }), bound({ resources: request('3Gi') })],
    [
      'a bound claim to less than its volume',
      bound(),
      bound({ resources: request('1Gi') }),
      'spec.resources.requests.storage: field can not be less than status.capacity',
    ],
    ['the mode', claim(), claim({ volumeMode: 'Block' }), immutable, 'volumeMode: field is immutable'],
    ['the attributes of a bound claim', bound(), bound({ volumeAttributesClassName: 'gold' })],
    [
      'attributes that are in force to none',
      bound({ volumeAttributesClassName: 'gold' }, { currentVolumeAttributesClassName: 'gold' }),
      bound({}, { currentVolumeAttributesClassName: 'gold' }),
      'spec.volumeAttributesClassName: update to nil is forbidden when status.currentVolumeAttributesClassName is not nil',
    ],
  ],
  persistentvolumes: [
    ['the claim and the policy', volume(), volume({ claimRef: { name: 'c', namespace: 'n' }, persistentVolumeReclaimPolicy: 'Delete' })],
    ['the size', volume(), volume({ capacity: { storage: '2Gi' } })],
    ['the source', volume(), volume({ hostPath: { path: '/other' } }), 'spec.persistentvolumesource: is immutable after creation'],
    ['the mode', volume(), volume({ volumeMode: 'Block' }), 'volumeMode: field is immutable'],
    ['an affinity that was left out', volume(), volume({ nodeAffinity: affinity })],
    ['the affinity', volume({ nodeAffinity: affinity }), volume(), 'nodeAffinity: field is immutable'],
    [
      'the secret to expand with, once',
      volume({ hostPath: undefined, csi: csi() }),
      volume({ hostPath: undefined, csi: csi({ controllerExpandSecretRef: { name: 's', namespace: 'n' } }) }),
    ],
  ],
  'storageclasses.storage.k8s.io': [
    ['whether claims may grow', storageClass(), storageClass({ allowVolumeExpansion: true })],
    ['the policy', storageClass(), storageClass({ reclaimPolicy: 'Retain' }), 'reclaimPolicy: field is immutable'],
    ['the parameters', storageClass(), storageClass({ parameters: { a: 'b' } }), 'parameters: field is immutable'],
  ],
  'volumeattributesclasses.storage.k8s.io': [
    ['the driver', { driverName: 'd' }, { driverName: 'e' }, 'driverName: updates to driverName are forbidden.'],
  ],
  'csidrivers.storage.k8s.io': [
    ['whether it attaches', { spec: {} }, { spec: { attachRequired: false } }, 'spec.attachedRequired: field is immutable'],
  ],
  'csinodes.storage.k8s.io': [
    ['the room', { spec: { drivers: [driver()] } }, { spec: { drivers: [driver({ allocatable: { count: 1 } })] } }],
    ['the id', { spec: { drivers: [driver()] } }, { spec: { drivers: [driver({ nodeID: 'm' })] } }, 'spec.drivers: field is immutable'],
  ],
  'volumeattachments.storage.k8s.io': [
    ['the volume', attachment({ persistentVolumeName: 'v' }), attachment({ persistentVolumeName: 'w' }), 'spec: field is immutable'],
  ],
  'csistoragecapacities.storage.k8s.io': [
    ['the class', { storageClassName: 'c' }, { storageClassName: 'd' }, 'storageClassName: field is immutable'],
  ],
}

const statuses: Record<string, UpdateCase[]> = {
  persistentvolumeclaims: [
    [
      'what was allocated',
      bound(),
      bound({}, { allocatedResources: { storage: '3Gi' }, allocatedResourceStatuses: { storage: 'NodeResizePending' } }),
    ],
    [
      'an unknown state of growth',
      bound(),
      bound({}, { allocatedResourceStatuses: { storage: 'Soon' } }),
      'status.allocatedResourceStatuses: Unsupported value',
    ],
    [
      'another resource',
      bound(),
      bound({}, { allocatedResources: { cpu: '1' } }),
      'status.allocatedResources: supported values: "storage"',
    ],
  ],
}

testCreations(creations)

test('what may be stored but is better said otherwise is warned of', () => {
  const annotations = { 'volume.beta.kubernetes.io/storage-class': 'c' }
  assert.deepEqual(claimWarnings({ resources: { requests: { storage: '1500m' } } }, annotations), [
    'metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use "storageClassName" attribute instead',
    'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
  ])
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }] }] }
  assert.equal(
    volumeWarnings({ persistentVolumeReclaimPolicy: 'Recycle', nodeAffinity: { required }, rbd: { image: 'i', monitors: [] } }, {}).length,
    3,
  )
  assert.deepEqual(volumeWarnings({ hostPath: { path: '/' } }, undefined), [])
  assert.equal(topologyWarnings([{ matchLabelExpressions: [{ key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }]).length, 1)
})
testUpdates(updates)
testStatusUpdates(statuses)
