import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { KubeObject } from '@quarterdeck/api-machinery'

import { daemonSets, templateGenerationAnnotation, type DaemonSet } from '../kinds/daemon-set.ts'
import { statefulSets, type StatefulSet } from '../kinds/stateful-set.ts'
import { testCreations, testStatusUpdates, testUpdates, type Part } from '../testing/validation-cases.ts'

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const base = { selector: { matchLabels: { app: 'a' } }, template }
const withSpec = (part: Part): Part => ({ spec: { ...base, ...part } })
const ofTemplate = (spec: Part): Part => withSpec({ template: { ...template, spec: { ...template.spec, ...spec } } })
const rolling = (rollingUpdate: Part): Part => withSpec({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } })
const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
const mounting = (volumes: Part[]): Part => ({
  ...template,
  spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }], volumes },
})

const ofBoth: Parameters<typeof testCreations>[0][string] = [
  ['a selector and a template', withSpec({})],
  [
    'no selector',
    withSpec({ selector: undefined }),
    'spec.selector: Required value',
    'spec.template.metadata.labels: does not match template',
  ],
  ['a selector of everything', withSpec({ selector: {} }), 'spec.selector: empty selector is invalid for'],
  ['a selector of others', withSpec({ selector: { matchLabels: { app: 'b' } } }), 'spec.template.metadata.labels: does not match template'],
  ['pods that end', ofTemplate({ restartPolicy: 'Never' }), 'spec.template.spec.restartPolicy: Unsupported value: "Never"'],
  ['a deadline', ofTemplate({ activeDeadlineSeconds: 3 }), 'spec.template.spec.activeDeadlineSeconds: is not Supported'],
  ['a negative minReadySeconds', withSpec({ minReadySeconds: -1 }), 'spec.minReadySeconds: must be greater than or equal to 0'],
]

describe('[SS1] [DS1] StatefulSets and DaemonSets are checked', () => {
  testCreations({
    'statefulsets.apps': [
      ...ofBoth,
      ['no service', withSpec({ serviceName: undefined })],
      ['a service whose name is none', withSpec({ serviceName: 'No.Name' }), 'spec.serviceName: a lowercase RFC 1123 label'],
      ['unknown management', withSpec({ podManagementPolicy: 'Any' }), "spec.podManagementPolicy: must be 'OrderedReady' or 'Parallel'"],
      [
        'an unknown strategy',
        withSpec({ updateStrategy: { type: 'Recreate' } }),
        "spec.updateStrategy: must be 'RollingUpdate' or 'OnDelete'",
      ],
      [
        'a rolling update on deletion',
        withSpec({ updateStrategy: { type: 'OnDelete', rollingUpdate: {} } }),
        "spec.updateStrategy.rollingUpdate: only allowed for updateStrategy 'RollingUpdate'",
      ],
      ['a negative partition', rolling({ partition: -1 }), 'spec.updateStrategy.rollingUpdate.partition: greater than or equal to 0'],
      ['a share that may be unavailable', rolling({ maxUnavailable: '30%' })],
      ['no pod that may be unavailable', rolling({ maxUnavailable: 0 }), 'spec.updateStrategy.rollingUpdate.maxUnavailable: cannot be 0'],
      ['more than all', rolling({ maxUnavailable: '101%' }), 'spec.updateStrategy.rollingUpdate.maxUnavailable: greater than 100%'],
      ['a negative start', withSpec({ ordinals: { start: -1 } }), 'spec.ordinals.start: greater than or equal to 0'],
      [
        'an unknown retention',
        withSpec({ persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep' } }),
        'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep"',
      ],
      ['mounts of its claims', withSpec({ volumeClaimTemplates: [claim], template: mounting([]) })],
      ['a volume that a claim replaces', withSpec({ volumeClaimTemplates: [claim], template: mounting([{ name: 'data', emptyDir: {} }]) })],
      ['mounts of nothing', withSpec({ template: mounting([]) }), 'spec.template.spec.containers[0].volumeMounts[0].name: Not found'],
      [
        'a claim that asks for nothing',
        withSpec({ volumeClaimTemplates: [{ ...claim, spec: { accessModes: ['ReadWriteOnce'] } }] }),
        'spec.volumeClaimTemplates[0].spec.resources[storage]: Required value',
      ],
    ],
    'daemonsets.apps': [
      ...ofBoth,
      ['an unknown strategy', withSpec({ updateStrategy: { type: 'Recreate' } }), 'spec.updateStrategy: Unsupported value'],
      ['deletion by hand', withSpec({ updateStrategy: { type: 'OnDelete' } })],
      ['surge', rolling({ maxSurge: '10%', maxUnavailable: 0 })],
      [
        'both figures',
        rolling({ maxSurge: 1 }),
        'spec.updateStrategy.rollingUpdate.maxSurge: may not be set when maxUnavailable is non-zero',
      ],
      ['neither', rolling({ maxUnavailable: '0%' }), 'spec.updateStrategy.rollingUpdate.maxUnavailable: cannot be 0 when maxSurge is 0'],
      ['more than all', rolling({ maxUnavailable: '101%' }), 'spec.updateStrategy.rollingUpdate.maxUnavailable: greater than 100%'],
      ['no percentage', rolling({ maxUnavailable: 'x' }), 'spec.updateStrategy.rollingUpdate.maxUnavailable: a valid percent string'],
      ['a negative history', withSpec({ revisionHistoryLimit: -1 }), 'spec.revisionHistoryLimit: greater than or equal to 0'],
    ],
  })
  testUpdates({
    'statefulsets.apps': [
      ['what may change', withSpec({}), withSpec({ replicas: 4, ordinals: { start: 3 }, minReadySeconds: 1, revisionHistoryLimit: 2 })],
      ['the strategy', withSpec({}), withSpec({ updateStrategy: { type: 'OnDelete' } })],
      ['the template', withSpec({}), ofTemplate({ hostNetwork: true })],
      ['the retention', withSpec({}), withSpec({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } })],
      [
        'the service',
        withSpec({}),
        withSpec({ serviceName: 's' }),
        "spec: other than 'replicas', 'ordinals', 'template', 'updateStrategy'",
      ],
      ['the management', withSpec({}), withSpec({ podManagementPolicy: 'Parallel' }), "spec: and 'minReadySeconds' are forbidden"],
      ['the claims', withSpec({}), withSpec({ volumeClaimTemplates: [claim] }), 'spec: updates to statefulset spec'],
    ],
    'daemonsets.apps': [
      ['the template', withSpec({}), ofTemplate({ hostNetwork: true })],
      ['the selector', withSpec({}), withSpec({ selector: { matchLabels: { b: 'b' } } }), 'spec.selector: field is immutable'],
    ],
  })
  testStatusUpdates({
    'statefulsets.apps': [
      ['counts', { status: { replicas: 0 } }, { status: { replicas: 2, readyReplicas: 2, availableReplicas: 1, currentReplicas: 2 } }],
      ['more current ones', {}, { status: { replicas: 1, currentReplicas: 2 } }, 'status.currentReplicas: greater than status.replicas'],
      [
        'more available ones than ready',
        {},
        { status: { replicas: 1, availableReplicas: 1 } },
        'status.availableReplicas: greater than status.readyReplicas',
      ],
      ['fewer collisions', { status: { collisionCount: 2 } }, { status: { replicas: 0 } }, 'status.collisionCount: cannot be decremented'],
    ],
    'daemonsets.apps': [
      ['a negative count', {}, { status: { numberReady: -1 } }, 'status.numberReady: greater than or equal to 0'],
      [
        'fewer collisions',
        { status: { collisionCount: 2 } },
        { status: { collisionCount: 1 } },
        'status.collisionCount: cannot be decremented',
      ],
    ],
  })
})

const metadata = { name: 'x', namespace: 'ns', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
const objectOf = <T extends KubeObject>(spec: Part): T =>
  ({ metadata: { ...metadata }, spec: structuredClone({ ...base, ...spec }) }) as unknown as T

describe('[SS1] defaults of a StatefulSet', () => {
  test('are those of Kubernetes', () => {
    const set = objectOf<StatefulSet>({ volumeClaimTemplates: [claim] })
    statefulSets.applyDefaults(set)
    const { template: _template, selector: _selector, ...spec } = set.spec
    assert.deepEqual(spec, {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      replicas: 1,
      revisionHistoryLimit: 10,
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { ...claim.spec, volumeMode: 'Filesystem' },
          status: { phase: 'Pending' },
        },
      ],
    })
  })

  test('leave a rolling update that says nothing as it is', () => {
    const set = objectOf<StatefulSet>({ updateStrategy: { type: 'RollingUpdate' } })
    statefulSets.applyDefaults(set)
    assert.deepEqual(set.spec.updateStrategy, { type: 'RollingUpdate' })
  })
})

describe('[DS1] a DaemonSet', () => {
  test('counts how often its template changed, whatever a client says', () => {
    const old = objectOf<DaemonSet>({})
    daemonSets.prepareForCreate(old)
    assert.equal(old.metadata.annotations?.[templateGenerationAnnotation], '1')
    const same = structuredClone(old)
    same.metadata.annotations = { [templateGenerationAnnotation]: '9' }
    daemonSets.prepareForUpdate(same, old)
    assert.equal(same.metadata.annotations?.[templateGenerationAnnotation], '1')
    const changed = structuredClone(old)
    changed.spec.template.metadata = { labels: { app: 'a', v: '2' } }
    daemonSets.prepareForUpdate(changed, old)
    assert.equal(changed.metadata.annotations?.[templateGenerationAnnotation], '2')
  })
})
