import { deployments, events, namespaces, nodes, pods, replicaSets, services, configMaps, secrets, type Kind } from '@quarterdeck/api'
import { isApiError, timestamp, type Draft, type KubeObject, type OwnerReference } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

/** Fills an empty store with a cluster to look at. No process runs behind it. */
export async function fillFixtures(client: Client, { podCount, nodeCount = 5 }: { podCount: number; nodeCount?: number }): Promise<void> {
  for (const name of ['shop', 'billing', 'monitoring']) await create(client, namespaces, { metadata: { name } })
  for (let index = 0; index < nodeCount; index++) await makeNode(client, index)
  const apps = ['storefront', 'cart', 'checkout', 'search', 'ledger', 'invoices', 'grafana', 'collector']
  const perApp = Math.ceil(podCount / apps.length)
  for (const [index, app] of apps.entries())
    await makeApp(client, { app, namespace: ['shop', 'billing', 'monitoring'][Math.floor(index / 3)]!, count: perApp, nodeCount })
}

async function create(client: Client, kind: Kind, object: object): Promise<KubeObject | undefined> {
  try {
    return await client.create(kind, object as Draft<KubeObject>)
  } catch (error) {
    if (isApiError(error, 'AlreadyExists')) return undefined
    throw error
  }
}

async function makeNode(client: Client, index: number): Promise<void> {
  const name = `node-${index + 1}`
  const made = await create(client, nodes, {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': `zone-${index % 2}` } },
  })
  if (!made) return
  const isReady = index !== 3
  const capacity = { cpu: '8', memory: '16Gi', pods: '110' }
  const status = {
    capacity,
    allocatable: capacity,
    conditions: [
      {
        type: 'Ready',
        status: isReady ? 'True' : 'Unknown',
        reason: isReady ? 'KubeletReady' : 'NodeStatusUnknown',
        message: isReady ? 'the agent is ready' : 'the agent stopped sending its status',
        lastHeartbeatTime: timestamp(),
        lastTransitionTime: timestamp(),
      },
      {
        type: 'DiskPressure',
        status: index === 2 ? 'True' : 'False',
        message: index === 2 ? '4% of the disk is free' : '',
        reason: 'Disk',
        lastTransitionTime: timestamp(),
      },
    ],
    addresses: [{ type: 'InternalIP', address: `192.0.2.${index + 10}` }],
    nodeInfo: {
      kubeletVersion: 'v1.36.0',
      operatingSystem: 'linux',
      architecture: 'amd64',
      containerRuntimeVersion: 'docker://28.0.0',
      osImage: 'Debian GNU/Linux 12',
      kernelVersion: '6.12',
      bootID: 'b',
      machineID: 'm',
      systemUUID: 's',
      kubeProxyVersion: '',
    },
  }
  await client.patch(nodes, { namespace: '', name }, { status }, { type: 'merge', subresource: 'status' })
}

interface AppSpec {
  app: string
  namespace: string
  count: number
  nodeCount: number
}

async function makeApp(client: Client, { app, namespace, count, nodeCount }: AppSpec): Promise<void> {
  const labels = { app }
  const template = {
    metadata: { labels },
    spec: {
      containers: [
        {
          name: app,
          image: `registry.example/${app}:1.4.2`,
          ports: [{ containerPort: 8080, name: 'http' }],
          env: [
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: `${app}-credentials`, key: 'password' } } },
          ],
          envFrom: [{ configMapRef: { name: `${app}-settings` } }],
          resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        },
        { name: 'proxy', image: 'registry.example/proxy:2.0', resources: { requests: { cpu: '20m', memory: '32Mi' } } },
      ],
    },
  }
  await create(client, configMaps, {
    metadata: { name: `${app}-settings`, namespace, labels },
    data: { 'settings.yaml': `name: ${app}\nworkers: 4\n`, MODE: 'production' },
  })
  await create(client, secrets, {
    metadata: { name: `${app}-credentials`, namespace, labels },
    type: 'Opaque',
    stringData: { password: 'correct horse battery staple' },
  })
  await create(client, services, {
    metadata: { name: app, namespace, labels },
    spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  })
  const deployment = await create(client, deployments, {
    metadata: { name: app, namespace, labels, annotations: { 'deployment.kubernetes.io/revision': '2' } },
    spec: { replicas: count, selector: { matchLabels: labels }, template },
  })
  if (!deployment) return
  const set = await create(client, replicaSets, {
    metadata: {
      name: `${app}-6f7d9c`,
      namespace,
      labels: { ...labels, 'pod-template-hash': '6f7d9c' },
      annotations: { 'deployment.kubernetes.io/revision': '2', 'kubernetes.io/change-cause': 'Less memory, newer image' },
      ownerReferences: [ownerOf(deployment)],
    },
    spec: {
      replicas: count,
      selector: { matchLabels: { ...labels, 'pod-template-hash': '6f7d9c' } },
      template: { ...template, metadata: { labels: { ...labels, 'pod-template-hash': '6f7d9c' } } },
    },
  })
  const [first, second] = structuredClone(template.spec.containers)
  Object.assign(first!, { image: `registry.example/${app}:1.4.1`, resources: { requests: { cpu: '100m', memory: '192Mi' } } })
  await create(client, replicaSets, {
    metadata: {
      name: `${app}-58b4ff`,
      namespace,
      labels: { ...labels, 'pod-template-hash': '58b4ff' },
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: [ownerOf(deployment)],
    },
    spec: {
      replicas: 0,
      selector: { matchLabels: { ...labels, 'pod-template-hash': '58b4ff' } },
      template: { metadata: { labels: { ...labels, 'pod-template-hash': '58b4ff' } }, spec: { containers: [first, second] } },
    },
  })
  const isWhole = app !== 'search'
  await client.patch(
    deployments,
    { namespace, name: app },
    {
      status: {
        replicas: count,
        readyReplicas: isWhole ? count : 1,
        availableReplicas: isWhole ? count : 1,
        updatedReplicas: count,
        observedGeneration: 1,
        conditions: [
          {
            type: 'Available',
            status: isWhole ? 'True' : 'False',
            reason: isWhole ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
            message: isWhole ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
            lastTransitionTime: timestamp(),
            lastUpdateTime: timestamp(),
          },
        ],
      },
    },
    { type: 'merge', subresource: 'status' },
  )
  await client.patch(
    replicaSets,
    { namespace, name: `${app}-6f7d9c` },
    { status: { replicas: count, readyReplicas: count, availableReplicas: count } },
    { type: 'merge', subresource: 'status' },
  )
  for (let index = 0; index < count; index++) await makePod(client, { app, namespace, index, set: set!, template, nodeCount })
}

function ownerOf({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true }
}

interface PodPlan {
  app: string
  namespace: string
  index: number
  set: KubeObject
  template: { metadata: object; spec: object }
  nodeCount: number
}

async function makePod(client: Client, { app, namespace, index, set, template, nodeCount }: PodPlan): Promise<void> {
  const name = `${app}-6f7d9c-${index.toString(36).padStart(5, 'x')}`
  const isPending = index % 29 === 7
  const spec = { ...template.spec, ...(isPending ? {} : { nodeName: `node-${(index % nodeCount) + 1}` }) }
  const pod = await create(client, pods, {
    metadata: { name, namespace, labels: { app, 'pod-template-hash': '6f7d9c' }, ownerReferences: [ownerOf(set)] },
    spec,
  })
  if (!pod) return
  const status = podStatus({ app, index, isPending })
  await client.patch(pods, { namespace, name }, { status }, { type: 'merge', subresource: 'status' })
  if (isPending)
    await makeEvent(client, pod, {
      type: 'Warning',
      reason: 'FailedScheduling',
      message: '0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint. preemption: not eligible.',
    })
  else if (index % 17 === 3)
    await makeEvent(client, pod, {
      type: 'Warning',
      reason: 'BackOff',
      message: `Back-off restarting failed container ${app} in pod ${name}`,
    })
  else if (index < 6) await makeEvent(client, pod, { type: 'Normal', reason: 'Started', message: `Started container ${app}` })
}

export function podStatus({ app, index, isPending }: { app: string; index: number; isPending: boolean }): object {
  if (isPending)
    return {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/5 nodes are available: 2 Insufficient cpu, 3 node(s) had untolerated taint.',
          lastTransitionTime: timestamp(),
        },
      ],
    }
  const crashes = index % 17 === 3
  const startedAt = timestamp(new Date(Date.now() - index * 60_000))
  const container = (name: string): object => ({
    name,
    image: `registry.example/${name}:1.4.2`,
    imageID: '',
    containerID: `docker://${name}${index}`,
    ready: !crashes,
    started: true,
    restartCount: crashes ? 14 : index % 11 === 0 ? 1 : 0,
    state: crashes
      ? { waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting failed container=${name}` } }
      : { running: { startedAt } },
    ...(crashes ? { lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', startedAt, finishedAt: timestamp() } } } : {}),
  })
  return {
    phase: 'Running',
    podIP: `10.244.${index % 5}.${index % 250}`,
    hostIP: '192.0.2.10',
    startTime: startedAt,
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: crashes && type.endsWith('eady') ? 'False' : 'True',
      lastTransitionTime: startedAt,
    })),
    containerStatuses: [container(app), container('proxy')],
  }
}

let eventNumber = 0

async function makeEvent(
  client: Client,
  about: KubeObject,
  { type, reason, message }: { type: string; reason: string; message: string },
): Promise<void> {
  const { namespace = 'default', name, uid } = about.metadata
  const time = timestamp(new Date(Date.now() - (eventNumber % 50) * 30_000))
  await create(client, events, {
    metadata: { name: `${name}.${(eventNumber++).toString(16).padStart(8, '0')}`, namespace },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, namespace, name, uid },
    type,
    reason,
    message,
    count: 1 + (eventNumber % 7),
    firstTimestamp: time,
    lastTimestamp: time,
    source: { component: type === 'Warning' ? 'default-scheduler' : 'kubelet' },
  })
}

/** Changes the status of random pods until aborted. */
export async function churn(client: Client, changesPerSecond: number, signal: AbortSignal): Promise<void> {
  const { items } = await client.list(pods)
  while (!signal.aborted && items.length > 0) {
    await new Promise<void>((resolve) => setTimeout(resolve, 1000 / changesPerSecond))
    const pod = items[Math.floor(Math.random() * items.length)]!
    const restartCount = Math.floor(Math.random() * 20)
    const statuses = (pod.status.containerStatuses ?? []).map((status) => ({ ...status, restartCount }))
    await client
      .patch(
        pods,
        { namespace: pod.metadata.namespace, name: pod.metadata.name },
        { status: { containerStatuses: statuses } },
        { type: 'merge', subresource: 'status' },
      )
      .catch(() => {})
  }
}
