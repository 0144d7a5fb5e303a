import {
  controllerRevisions,
  cronJobs,
  daemonSets,
  horizontalPodAutoscalers,
  jobs,
  limitRanges,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  priorityClasses,
  resourceQuotas,
  statefulSets,
  type Kind,
} from '@quarterdeck/api'
import { isApiError, timestamp, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

const minutesAgo = (minutes: number): string => timestamp(new Date(Date.now() - minutes * 60_000))

const template = (app: string, image = `registry.example/${app}:1.4.2`): object => ({
  metadata: { labels: { app } },
  spec: {
    containers: [{ name: app, image, resources: { requests: { cpu: '250m', memory: '256Mi' } } }],
    priorityClassName: app === 'db' ? 'important' : undefined,
  },
})

/** An object of every kind of workload, storage and policy, in the states that a list may show. */
export async function fillWorkloads(client: Client): Promise<void> {
  const make = async (kind: Kind, object: object, status?: object): Promise<KubeObject | undefined> => {
    try {
      const made = await client.create(kind, object as Draft<KubeObject>)
      const { name, namespace = '' } = made.metadata
      return status ? await client.patch(kind, { namespace, name }, { status }, { type: 'merge', subresource: 'status' }) : made
    } catch (error) {
      if (isApiError(error, 'AlreadyExists')) return undefined
      throw error
    }
  }
  const namespace = 'shop'
  const labelled = (app: string): object => ({ selector: { matchLabels: { app } } })

  await make(priorityClasses, { metadata: { name: 'important' }, value: 1_000_000, description: 'What customers see.' })
  await make(priorityClasses, { metadata: { name: 'batch' }, value: -10, preemptionPolicy: 'Never', description: 'May wait.' })

  const db = await make(
    statefulSets,
    {
      metadata: { name: 'db', namespace, labels: { app: 'db' } },
      spec: {
        ...labelled('db'),
        serviceName: 'storefront',
        replicas: 3,
        template: template('db', 'registry.example/db:16.2'),
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '20Gi' } } } },
        ],
      },
    },
    {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 2,
      updatedReplicas: 1,
      currentRevision: 'db-7c9',
      updateRevision: 'db-8fd',
    },
  )
  for (const [revision, [hash, image]] of [['7c9', '16.1'] as const, ['8fd', '16.2'] as const].entries())
    if (db)
      await make(controllerRevisions, {
        metadata: {
          name: `db-${hash}`,
          namespace,
          labels: { app: 'db' },
          ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: db.metadata.uid, controller: true }],
        },
        revision: revision + 1,
        data: { spec: { template: { $patch: 'replace', ...template('db', `registry.example/db:${image}`) } } },
      })
  await make(
    statefulSets,
    {
      metadata: { name: 'queue', namespace },
      spec: { ...labelled('queue'), serviceName: 'queue', replicas: 2, template: template('queue') },
    },
    { replicas: 2, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 2, currentRevision: 'a', updateRevision: 'a' },
  )
  await make(
    daemonSets,
    { metadata: { name: 'node-agent', namespace: 'monitoring' }, spec: { ...labelled('node-agent'), template: template('node-agent') } },
    {
      desiredNumberScheduled: 5,
      currentNumberScheduled: 5,
      numberReady: 4,
      numberAvailable: 4,
      updatedNumberScheduled: 5,
      numberMisscheduled: 0,
    },
  )
  await makeStorage(make, namespace)
  await makeBatch(make)
  await make(
    podDisruptionBudgets,
    { metadata: { name: 'db', namespace }, spec: { minAvailable: 2, ...labelled('db') } },
    { observedGeneration: 1, expectedPods: 3, currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1 },
  )
  await make(
    podDisruptionBudgets,
    { metadata: { name: 'storefront', namespace }, spec: { maxUnavailable: 1, ...labelled('storefront') } },
    {
      observedGeneration: 1,
      expectedPods: 38,
      currentHealthy: 36,
      desiredHealthy: 37,
      disruptionsAllowed: 0,
      conditions: [
        { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', lastTransitionTime: minutesAgo(3), message: '' },
      ],
    },
  )
  const target = (name: string): object => ({ apiVersion: 'apps/v1', kind: 'Deployment', name })
  await make(
    horizontalPodAutoscalers,
    {
      metadata: { name: 'storefront', namespace },
      spec: {
        scaleTargetRef: target('storefront'),
        minReplicas: 10,
        maxReplicas: 60,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '256Mi' } } },
        ],
      },
    },
    {
      currentReplicas: 38,
      desiredReplicas: 38,
      lastScaleTime: minutesAgo(14),
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 64, averageValue: '77m' } } },
        { type: 'Resource', resource: { name: 'memory', current: { averageValue: '191Mi' } } },
      ],
      conditions: [
        {
          type: 'AbleToScale',
          status: 'True',
          reason: 'ReadyForNewScale',
          message: 'recommended size matches current size',
          lastTransitionTime: minutesAgo(14),
        },
        {
          type: 'ScalingActive',
          status: 'True',
          reason: 'ValidMetricFound',
          message: 'the HPA was able to successfully calculate a replica count',
          lastTransitionTime: minutesAgo(14),
        },
        {
          type: 'ScalingLimited',
          status: 'False',
          reason: 'DesiredWithinRange',
          message: 'the desired count is within the acceptable range',
          lastTransitionTime: minutesAgo(14),
        },
      ],
    },
  )
  await make(
    horizontalPodAutoscalers,
    { metadata: { name: 'cart', namespace }, spec: { scaleTargetRef: target('cart'), maxReplicas: 5 } },
    {
      currentReplicas: 5,
      desiredReplicas: 0,
      conditions: [
        { type: 'AbleToScale', status: 'True', reason: 'SucceededGetScale', message: '', lastTransitionTime: minutesAgo(2) },
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'FailedGetResourceMetric',
          message: 'the HPA was unable to compute the replica count: no metrics known for pods',
          lastTransitionTime: minutesAgo(2),
        },
      ],
    },
  )
  const hard = { 'requests.cpu': '40', 'requests.memory': '64Gi', 'limits.memory': '80Gi', pods: '120', 'count/jobs.batch': '10' }
  await make(
    resourceQuotas,
    { metadata: { name: 'team', namespace }, spec: { hard } },
    { hard, used: { 'requests.cpu': '14560m', 'requests.memory': '52Gi', 'limits.memory': '28Gi', pods: '114', 'count/jobs.batch': '10' } },
  )
  await make(limitRanges, {
    metadata: { name: 'defaults', namespace },
    spec: {
      limits: [
        {
          type: 'Container',
          default: { cpu: '500m', memory: '512Mi' },
          defaultRequest: { cpu: '100m', memory: '128Mi' },
          max: { cpu: '4', memory: '8Gi' },
        },
        { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '100Gi' } },
      ],
    },
  })
}

type Make = (kind: Kind, object: object, status?: object) => Promise<KubeObject | undefined>

async function makeStorage(make: Make, namespace: string): Promise<void> {
  for (let index = 0; index < 3; index++) {
    const [name, volumeName] = [`data-db-${index}`, `pvc-db-${index}`]
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'local-path', volumeMode: 'Filesystem' }
    const claim = await make(
      persistentVolumeClaims,
      { metadata: { name, namespace, labels: { app: 'db' } }, spec: { ...spec, volumeName, resources: { requests: { storage: '20Gi' } } } },
      { phase: 'Bound', capacity: { storage: '20Gi' }, accessModes: ['ReadWriteOnce'] },
    )
    await make(
      persistentVolumes,
      {
        metadata: { name: volumeName },
        spec: {
          ...spec,
          capacity: { storage: '20Gi' },
          persistentVolumeReclaimPolicy: 'Delete',
          claimRef: { namespace, name, uid: claim?.metadata.uid },
          local: { path: `/var/lib/quarterdeck/volumes/${volumeName}` },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [`node-${index + 1}`] }] }],
            },
          },
        },
      },
      { phase: 'Bound' },
    )
  }
  await make(persistentVolumeClaims, {
    metadata: { name: 'exports', namespace },
    spec: { accessModes: ['ReadWriteMany'], resources: { requests: { storage: '5Gi' } } },
  })
}

async function makeBatch(make: Make): Promise<void> {
  const namespace = 'billing'
  const jobSpec = {
    backoffLimit: 4,
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image: 'registry.example/run:3' }] } },
  }
  const job = (name: string, spec: object, status: object): Promise<unknown> =>
    make(jobs, { metadata: { name, namespace }, spec: { ...jobSpec, ...spec } }, status)
  const ended = (type: string, message?: string): object[] => [
    ...(type === 'Complete' ? [{ type: 'SuccessCriteriaMet', status: 'True', lastTransitionTime: minutesAgo(50) }] : []),
    ...(type === 'Failed' ? [{ type: 'FailureTarget', status: 'True', lastTransitionTime: minutesAgo(50) }] : []),
    {
      type,
      status: 'True',
      message,
      reason: message && 'BackoffLimitExceeded',
      lastTransitionTime: minutesAgo(50),
      lastProbeTime: minutesAgo(50),
    },
  ]
  await job('migrate', {}, { startTime: minutesAgo(55), completionTime: minutesAgo(50), succeeded: 1, conditions: ended('Complete') })
  await job(
    'reindex',
    { completions: 12, parallelism: 3, completionMode: 'Indexed' },
    { startTime: minutesAgo(4), active: 3, succeeded: 5, completedIndexes: '0-4', ready: 3 },
  )
  await job(
    'statement',
    {},
    { startTime: minutesAgo(60), failed: 5, conditions: ended('Failed', 'Job has reached the specified backoff limit') },
  )
  await job(
    'backfill',
    { suspend: true, completions: 4 },
    { conditions: [{ type: 'Suspended', status: 'True', lastTransitionTime: minutesAgo(9) }] },
  )
  const cron = (name: string, spec: object, status: object): Promise<unknown> =>
    make(cronJobs, { metadata: { name, namespace }, spec: { schedule: '*/5 * * * *', jobTemplate: { spec: jobSpec }, ...spec } }, status)
  await cron(
    'invoices-nightly',
    { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid' },
    { lastScheduleTime: minutesAgo(600), lastSuccessfulTime: minutesAgo(590) },
  )
  await cron('exchange-rates', {}, { lastScheduleTime: minutesAgo(2) })
  await cron('reminders', { suspend: true, schedule: '0 9 * * 1-5' }, { lastScheduleTime: minutesAgo(9000) })
}
