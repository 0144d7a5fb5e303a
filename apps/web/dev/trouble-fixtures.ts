import { deployments, namespaces, persistentVolumeClaims, pods, replicaSets, type Kind } from '@quarterdeck/api'
import { timestamp, type Draft, type KubeObject, type OwnerReference } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

const namespace = 'trouble'

interface Trouble {
  name: string
  /** Of each new pod; undefined: none can be made. */
  pod?: { container?: object; status?: object; spec?: object }
  deployment?: object
}

const waiting = (reason: string, message: string): NonNullable<Trouble['pod']> => ({
  container: { state: { waiting: { reason, message } } },
})
const refused = (message: string): object => ({
  conditions: [
    {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message,
      lastTransitionTime: timestamp(),
      lastUpdateTime: timestamp(),
    },
  ],
})

const troubles: readonly Trouble[] = [
  {
    name: 'no-image',
    pod: waiting(
      'ImagePullBackOff',
      'Back-off pulling image "registry.example/web:2": ErrImagePull: manifest for registry.example/web:2 not found: manifest unknown: manifest unknown',
    ),
  },
  {
    name: 'no-registry',
    pod: waiting('ErrImagePull', 'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host'),
  },
  {
    name: 'no-memory',
    pod: {
      container: {
        restartCount: 6,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=web' } },
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: timestamp(), finishedAt: timestamp() } },
      },
    },
  },
  {
    name: 'crashes',
    pod: {
      container: {
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=web' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error', startedAt: timestamp(), finishedAt: timestamp() } },
      },
    },
  },
  { name: 'no-secret', pod: waiting('CreateContainerConfigError', 'secret "database" not found') },
  { name: 'in-creation', pod: waiting('ContainerCreating', '') },
  {
    name: 'no-room',
    pod: {
      spec: { nodeName: undefined },
      status: {
        phase: 'Pending',
        containerStatuses: [],
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/5 nodes are available: 3 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: not helpful.',
            lastTransitionTime: timestamp(),
          },
        ],
      },
    },
  },
  {
    name: 'over-quota',
    deployment: refused('pods "web-1" is forbidden: exceeded quota: team, requested: cpu=2, used: cpu=39, limited: cpu=40'),
  },
  { name: 'no-class', deployment: refused('pods "web-1" is forbidden: no PriorityClass with name urgent was found') },
]

/** A Deployment for each way in which a rollout may fail. */
export async function fillTroubles(client: Client): Promise<void> {
  await client.create(namespaces, { metadata: { name: namespace }, spec: {}, status: {} })
  for (const trouble of troubles) await makeTrouble(client, trouble)
  await client.create<KubeObject>(persistentVolumeClaims, {
    metadata: { name: 'no-class', namespace },
    spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  } as Draft<KubeObject>)
}

async function makeTrouble(client: Client, { name, pod, deployment }: Trouble): Promise<void> {
  const labels = { app: name }
  const container = { name: 'web', image: 'registry.example/web:2', resources: { limits: { memory: '24Mi' } } }
  const template = { metadata: { labels }, spec: { containers: [container] } }
  const spec = { replicas: 3, selector: { matchLabels: labels }, template }
  const owner = await client.create<KubeObject>(deployments, { metadata: { name, namespace }, spec } as Draft<KubeObject>)
  const status = { replicas: pod ? 4 : 2, updatedReplicas: pod ? 1 : 0, readyReplicas: 2, availableReplicas: 2, ...deployment }
  await setStatus(client, deployments, name, status)
  const setLabels = { ...labels, 'pod-template-hash': 'f00' }
  const set = await client.create<KubeObject>(replicaSets, {
    metadata: {
      name: `${name}-f00`,
      namespace,
      labels: setLabels,
      annotations: { 'deployment.kubernetes.io/revision': '2' },
      ownerReferences: [ownedBy(owner)],
    },
    spec: { replicas: 1, selector: { matchLabels: setLabels }, template: { ...template, metadata: { labels: setLabels } } },
  } as Draft<KubeObject>)
  if (!pod) return
  const podName = `${name}-f00-x7k2p`
  await client.create<KubeObject>(pods, {
    metadata: { name: podName, namespace, labels: setLabels, ownerReferences: [ownedBy(set)] },
    spec: { nodeName: 'node-1', containers: [container], ...pod.spec },
  } as Draft<KubeObject>)
  const common = { name: 'web', image: container.image, imageID: '', containerID: '', ready: false, started: false, restartCount: 0 }
  await setStatus(client, pods, podName, { phase: 'Pending', containerStatuses: [{ ...common, ...pod.container }], ...pod.status })
}

const setStatus = (client: Client, kind: Kind, name: string, status: object): Promise<KubeObject> =>
  client.patch(kind, { namespace, name }, { status }, { type: 'merge', subresource: 'status' })

function ownedBy({ apiVersion, kind, metadata: { name, uid } }: KubeObject): OwnerReference {
  return { apiVersion, kind, name, uid, controller: true }
}
