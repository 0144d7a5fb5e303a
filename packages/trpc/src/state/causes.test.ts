import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import {
  deployments,
  jobs,
  persistentVolumeClaims,
  pods,
  replicaSets,
  statefulSets,
  type Kind,
  type StorageClass,
  type V1ContainerStatus,
} from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { troubleOf } from './pod-trouble.ts'
import { stateOf, type Around, type State } from './state.ts'

type Parts = { metadata?: object; spec?: object; status?: object }
type Expected = [text: string, tone: string, reason: string | undefined]

function verdict(kind: Kind, { metadata, ...parts }: Parts, around?: Around): Expected {
  const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', ...metadata }, spec: {}, status: {}, ...parts }
  const state = stateOf(kind, object as unknown as KubeObject, around)
  return [state?.text ?? '', state?.tone ?? '', state?.reason]
}

const app = { name: 'app', image: 'registry.example/web:2', resources: { limits: { memory: '24Mi' } } }
const container = (status: Partial<V1ContainerStatus>, spec: object = {}): Parts => ({
  spec: { nodeName: 'n1', containers: [{ ...app, ...spec }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', image: app.image, ready: false, restartCount: 0, ...status }] },
})
const waits = (reason: string, message?: string): Parts => container({ state: { waiting: { reason, message } } })
const crashed = (terminated: object, restartCount = 6): Parts =>
  container({
    restartCount,
    state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
    lastState: { terminated } as never,
  })
const unscheduled = (message: string, reason = 'Unschedulable', spec: object = {}): Parts => ({
  spec: { containers: [app], ...spec },
  status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] },
})
const initial = (state: object, spec: object = {}): Parts => ({
  spec: { nodeName: 'n1', initContainers: [{ ...app, name: 'migrate', ...spec }], containers: [app] },
  status: { phase: 'Pending', initContainerStatuses: [{ name: 'migrate', restartCount: 2, ready: false, ...state }] },
})

describe('[DB25] the state of a pod leads with the cause in words', () => {
  const cases: [what: string, parts: Parts, expected: Expected][] = [
    [
      'whose image is not there',
      waits('ErrImagePull', 'manifest for registry.example/web:2 not found: manifest unknown: manifest unknown'),
      ['Image not found', 'bad', 'the registry has no image registry.example/web:2'],
    ],
    [
      'that waits to try again',
      waits('ImagePullBackOff', 'Back-off pulling image "registry.example/web:2": ErrImagePull: manifest unknown'),
      ['Image not found', 'bad', 'the registry has no image registry.example/web:2'],
    ],
    [
      'whose registry refuses it',
      waits('ErrImagePull', 'pull access denied for web, repository does not exist or may require docker login'),
      [
        'Image access denied',
        'bad',
        'the registry refuses access to registry.example/web:2: it may not exist, or an imagePullSecret is missing',
      ],
    ],
    [
      'whose registry is not there',
      waits('ErrImagePull', 'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host'),
      ['Registry unreachable', 'bad', 'the registry of registry.example/web:2 does not answer'],
    ],
    [
      'whose image can’t be had for a reason nobody knows',
      waits('ErrImagePull', 'it rained'),
      ['Image can’t be pulled', 'bad', 'registry.example/web:2 can’t be pulled'],
    ],
    [
      'whose image is never pulled',
      waits('ErrImageNeverPull', 'Container image "registry.example/web:2" is not present with pull policy of Never'),
      ['Image not on node', 'bad', 'registry.example/web:2 is not on the node, and imagePullPolicy is Never'],
    ],
    [
      'with a name for no image',
      waits('InvalidImageName', 'x'),
      ['Invalid image name', 'bad', 'registry.example/web:2 is not an image name'],
    ],
    ['that crashes', crashed({ exitCode: 3, reason: 'Error' }), ['CrashLoopBackOff', 'bad', 'app exited with code 3 for the 7th time']],
    ['that crashed once', crashed({ exitCode: 3, reason: 'Error' }, 0), ['CrashLoopBackOff', 'bad', 'app exited with code 3']],
    [
      'that runs out of memory',
      crashed({ exitCode: 137, reason: 'OOMKilled' }),
      ['OOMKilled', 'bad', 'app was OOMKilled at its limit of 24Mi for the 7th time'],
    ],
    [
      'that just ran out of memory',
      container({ restartCount: 1, state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }),
      ['OOMKilled', 'bad', 'app was OOMKilled at its limit of 24Mi for the 2nd time'],
    ],
    ['that failed', container({ state: { terminated: { exitCode: 2, reason: 'Error' } } }), ['Error', 'bad', 'app exited with code 2']],
    [
      'that needs a Secret',
      waits('CreateContainerConfigError', 'secret "db" not found'),
      ['Secret missing', 'bad', 'app needs the Secret db, which does not exist'],
    ],
    [
      'that needs a ConfigMap',
      waits('CreateContainerConfigError', 'configmap "settings" not found'),
      ['ConfigMap missing', 'bad', 'app needs the ConfigMap settings, which does not exist'],
    ],
    [
      'that needs a key',
      waits('CreateContainerConfigError', "couldn't find key password in Secret shop/db"),
      ['Secret key missing', 'bad', 'app needs the key password of the Secret db, which has none'],
    ],
    ['that is being made', waits('ContainerCreating'), ['ContainerCreating', 'progress', undefined]],
    [
      'that no node can take',
      unscheduled(
        '0/5 nodes are available: 3 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: 0/5 nodes are available: 5 No.',
      ),
      ['Unschedulable', 'warning', 'none of 5 nodes fits: 3 Insufficient cpu, 2 node(s) had untolerated taint(s)'],
    ],
    ['where there is no node', unscheduled('0/0 nodes are available: .'), ['Unschedulable', 'warning', 'there is no node']],
    [
      'that is gated',
      unscheduled('gated', 'SchedulingGated', { schedulingGates: [{ name: 'example.com/wait' }] }),
      ['Scheduling gated', 'neutral', 'it is held by example.com/wait'],
    ],
    [
      'whose claim is missing',
      unscheduled('0/2 nodes are available: persistentvolumeclaim "data" not found.'),
      ['Claim missing', 'warning', 'the claim data does not exist'],
    ],
    [
      'whose claim is pending',
      unscheduled('0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
      ['Claim pending', 'warning', 'a claim of it has no volume yet'],
    ],
    [
      'whose class is missing',
      unscheduled('0/2 nodes are available: storageclass.storage.k8s.io "fast" not found.'),
      ['StorageClass missing', 'warning', 'the StorageClass fast of its claim does not exist'],
    ],
    [
      'whose probe fails',
      container({ started: true, state: { running: {} } }, { readinessProbe: {} }),
      ['Probe failing', 'warning', 'the readiness probe of app fails'],
    ],
    [
      'whose startup probe has yet to succeed',
      container({ started: false, state: { running: {} } }, { startupProbe: {} }),
      ['Starting', 'progress', 'the startup probe of app has not succeeded yet'],
    ],
    [
      'whose init container fails',
      initial({ state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1, reason: 'Error' } } }),
      ['Init:CrashLoopBackOff', 'bad', 'init container migrate exited with code 1 for the 3rd time'],
    ],
    [
      'whose init container has no image',
      initial({ state: { waiting: { reason: 'ErrImagePull', message: 'manifest unknown' } } }),
      ['Image not found', 'bad', 'the registry has no image registry.example/web:2, needed by init container migrate'],
    ],
    [
      'whose init container runs',
      initial({ state: { running: {} } }),
      ['Init:0/1', 'progress', 'the init container migrate has to end first'],
    ],
    [
      'that took too long',
      { spec: { containers: [app], activeDeadlineSeconds: 60 }, status: { phase: 'Failed', reason: 'DeadlineExceeded', message: 'm' } },
      ['DeadlineExceeded', 'bad', 'it was active longer than its activeDeadlineSeconds of 60'],
    ],
    [
      'that was evicted',
      { spec: { containers: [app] }, status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
      ['Evicted', 'bad', 'The node was low on resource: memory.'],
    ],
    [
      'whose node is lost',
      {
        spec: { nodeName: 'n1', containers: [app] },
        status: {
          phase: 'Running',
          conditions: [
            { type: 'Ready', status: 'False' },
            { type: 'ContainersReady', status: 'True' },
          ],
          containerStatuses: [{ name: 'app', ready: true, restartCount: 0, state: { running: {} } }],
        },
      },
      ['Node lost', 'bad', 'the node n1 does not answer; how the pod is now is not known'],
    ],
    [
      'that a finalizer holds',
      { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/keep'] } },
      ['Terminating', 'warning', 'held by the finalizer example.com/keep'],
    ],
  ]
  for (const [what, parts, expected] of cases)
    test(`a pod ${what} is ${expected[0]}`, () => assert.deepEqual(verdict(pods, parts), expected))
})

describe('[DB25] the state of a workload leads with what ails its newest pods', () => {
  const noImage: State = { text: 'Image not found', tone: 'bad', reason: 'the registry has no image web:2' }
  const trouble = (state: State, count = 1, hasEnded = false): Around => ({ trouble: { state, count, hasEnded } })
  const rolling = { spec: { replicas: 3 }, status: { replicas: 4, updatedReplicas: 1, availableReplicas: 3 } }
  const refused = (message: string): Parts => ({
    status: { conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }] },
  })
  const cases: [what: string, kind: Kind, parts: Parts, around: Around, expected: Expected][] = [
    ['Deployment that rolls out', deployments, rolling, { trouble: null }, ['Rolling out', 'progress', '1 of 3 pods are up to date']],
    [
      'Deployment whose new image is not there',
      deployments,
      rolling,
      trouble(noImage),
      ['Image not found', 'bad', '1 of 3 pods: the registry has no image web:2'],
    ],
    [
      'Deployment that is past its deadline',
      deployments,
      {
        ...rolling,
        status: { ...rolling.status, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      },
      trouble(noImage),
      ['Image not found', 'bad', '1 of 3 pods: the registry has no image web:2; the rollout made no progress for 600 s'],
    ],
    [
      'Deployment that is past its deadline for no reason that its pods tell',
      deployments,
      {
        ...rolling,
        status: { ...rolling.status, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      },
      {},
      ['Stuck', 'bad', 'the rollout made no progress for 600 s'],
    ],
    [
      'Deployment that has all its pods',
      deployments,
      { spec: { replicas: 1 }, status: { replicas: 1, updatedReplicas: 1, availableReplicas: 1 } },
      trouble(noImage),
      ['Available', 'good', undefined],
    ],
    [
      'Deployment over quota',
      deployments,
      refused('pods "web-1" is forbidden: exceeded quota: team, requested: cpu=2, used: cpu=39, limited: cpu=40'),
      {},
      ['Quota exceeded', 'bad', 'the quota team allows cpu=40; cpu=39 is used, and a pod requests cpu=2'],
    ],
    [
      'ReplicaSet beyond a limit',
      replicaSets,
      refused('pods "web-1" is forbidden: maximum cpu usage per Container is 1, but limit is 2'),
      {},
      ['LimitRange violated', 'bad', 'a LimitRange refuses its pods: maximum cpu usage per Container is 1, but limit is 2'],
    ],
    [
      'ReplicaSet without its priority class',
      replicaSets,
      refused('pods "web-1" is forbidden: no PriorityClass with name high was found'),
      {},
      ['PriorityClass missing', 'bad', 'the PriorityClass high does not exist'],
    ],
    [
      'ReplicaSet without its runtime class',
      replicaSets,
      refused('pods "web-1" is forbidden: pod rejected: RuntimeClass "gvisor" not found'),
      {},
      ['RuntimeClass missing', 'bad', 'the RuntimeClass gvisor does not exist'],
    ],
    [
      'StatefulSet with a pod without a node',
      statefulSets,
      { spec: { replicas: 3 }, status: { readyReplicas: 1 } },
      trouble({ text: 'Unschedulable', tone: 'warning', reason: 'none of 5 nodes fits: 5 Insufficient cpu' }, 2),
      ['Unschedulable', 'warning', '2 of 3 pods: none of 5 nodes fits: 5 Insufficient cpu'],
    ],
    [
      'Job that tries again',
      jobs,
      { status: { active: 1, failed: 1 } },
      trouble({ text: 'Error', tone: 'bad', reason: 'run exited with code 1' }, 1, true),
      ['Running', 'warning', '1 pod has failed, it tries again; run exited with code 1'],
    ],
    [
      'Job that gave up',
      jobs,
      { spec: { backoffLimit: 2 }, status: { conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' }] } },
      trouble({ text: 'Error', tone: 'bad', reason: 'run exited with code 1' }, 3, true),
      ['Failed', 'bad', 'its pods failed more often than its backoffLimit of 2 allows; run exited with code 1'],
    ],
    [
      'Job that took too long',
      jobs,
      { spec: { activeDeadlineSeconds: 30 }, status: { conditions: [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded' }] } },
      {},
      ['Failed', 'bad', 'it was active longer than its activeDeadlineSeconds of 30'],
    ],
  ]
  for (const [what, kind, parts, around, expected] of cases)
    test(`a ${what} is ${expected[0]}`, () => assert.deepEqual(verdict(kind, parts, around), expected))
})

test('[DB25] a claim that waits says for what', () => {
  const pending = (spec: object): Parts => ({ spec, status: { phase: 'Pending' } })
  const storageClass = { metadata: { name: 'slow' }, volumeBindingMode: 'WaitForFirstConsumer' } as StorageClass
  const cases: [Parts, Around, Expected][] = [
    [
      pending({ storageClassName: 'fast' }),
      { storageClass: null },
      ['StorageClass missing', 'bad', 'the StorageClass fast does not exist'],
    ],
    [pending({}), { storageClass: null }, ['StorageClass missing', 'bad', 'it names no StorageClass, and none is the default']],
    [pending({ storageClassName: 'slow' }), { storageClass }, ['Pending', 'progress', 'it waits for the first pod that uses it']],
    [
      pending({ storageClassName: '' }),
      { storageClass: null },
      ['Pending', 'progress', 'it waits for a volume without a class that fits it'],
    ],
    [pending({ volumeName: 'v' }), {}, ['Pending', 'progress', 'it waits for the volume v']],
    [pending({ storageClassName: 'fast' }), {}, ['Pending', 'progress', undefined]],
  ]
  for (const [parts, around, expected] of cases) assert.deepEqual(verdict(persistentVolumeClaims, parts, around), expected)
})

test('[DB25] of several troubled pods the worst that still runs leads, and the newest of these', () => {
  const pod = (text: string, tone: State['tone'], createdAt: string, hasEnded = false) => ({ state: { text, tone }, createdAt, hasEnded })
  assert.equal(troubleOf([]), null)
  assert.deepEqual(
    troubleOf([
      pod('Evicted', 'bad', '2026-01-04', true),
      pod('Unschedulable', 'warning', '2026-01-03'),
      pod('CrashLoopBackOff', 'bad', '2026-01-01'),
      pod('Image not found', 'bad', '2026-01-02'),
      pod('Image not found', 'bad', '2026-01-01'),
    ]),
    { state: { text: 'Image not found', tone: 'bad' }, count: 2, hasEnded: false },
  )
})
