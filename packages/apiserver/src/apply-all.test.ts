import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMaps, namespaces } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'

import { ApplyError } from './apply-all.ts'
import { startRestServer, type RestServer } from './testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const admin = { name: 'admin', groups: ['system:masters'] }
const apply = (objects: unknown[], dryRun = false) =>
  server.api.applyAll(
    admin,
    objects.map((object) => ({ object })),
    { dryRun, client: 'test' },
  )
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const configMap = (namespaceName: string, name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: namespaceName },
  data,
})

const podSpec = {
  containers: [
    {
      name: 'c',
      image: 'x:1',
      ports: [{ containerPort: 80 }],
      resources: { requests: { cpu: '0.5', memory: '1024Mi' } },
      env: [{ name: 'A', value: 'b' }],
    },
    { name: 'd', image: 'y:1', livenessProbe: { httpGet: { port: 80 } } },
  ],
  volumes: [{ name: 'v', emptyDir: {} }],
}
const claimTemplate = { metadata: { name: 'v' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }

describe('applying several objects', () => {
  test('[T1] one document at fault keeps all from being stored', async () => {
    const bad = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 't1' }, spec: {} }
    const failure = await apply([namespace('t1'), bad, { kind: 'Nothing', apiVersion: 'v1', metadata: { name: 'x' } }]).catch(
      (error: unknown) => error,
    )
    assert.ok(failure instanceof ApplyError)
    assert.deepEqual(
      failure.failures.map((f) => f.index),
      [1, 2],
    )
    assert.match(failure.failures[0]!.error.message, /spec.containers: Required value/)
    await assert.rejects(server.client.get(namespaces, { namespace: '', name: 't1' }), (error) => isApiError(error, 'NotFound'))
  })

  test('[T2] a namespace may come with what is in it', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 't2' },
      spec: { containers: [{ name: 'c', image: 'x:1' }] },
    }
    const applied = await apply([namespace('t2'), configMap('t2', 'a', { k: '1' }), pod])
    assert.deepEqual(
      applied.map((a) => a.action),
      ['created', 'created', 'created'],
    )
    assert.ok(applied[1]!.after.metadata.resourceVersion)
    assert.deepEqual(
      (await apply([namespace('t2'), configMap('t2', 'a', { k: '1' })])).map((a) => a.action),
      ['unchanged', 'unchanged'],
    )
  })

  test('[T3] what an apply leaves out is removed, what others set stays', async () => {
    await apply([namespace('t3'), configMap('t3', 'a', { mine: '1', gone: '2' })])
    await server.client.patch(configMaps, { namespace: 't3', name: 'a' }, { data: { theirs: '3' } }, { type: 'merge' })
    const applied = (await apply([configMap('t3', 'a', { mine: '4' })]))[0]!
    assert.equal(applied.action, 'configured')
    assert.deepEqual((applied.after as { data?: object }).data, { mine: '4', theirs: '3' })
  })

  const workload = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: podSpec } }
  const again: [apiVersion: string, kind: string, rest: object][] = [
    ['v1', 'Pod', { spec: podSpec }],
    [
      'v1',
      'Service',
      {
        spec: {
          type: 'NodePort',
          selector: { a: 'b' },
          ports: [
            { name: 'u', port: 53, protocol: 'UDP' },
            { name: 't', port: 53 },
          ],
        },
      },
    ],
    ['apps/v1', 'Deployment', { spec: workload }],
    ['apps/v1', 'StatefulSet', { spec: { ...workload, serviceName: 's', volumeClaimTemplates: [claimTemplate] } }],
    ['apps/v1', 'DaemonSet', { spec: workload }],
    ['batch/v1', 'Job', { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } }],
    [
      'batch/v1',
      'CronJob',
      { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } } } },
    ],
    ['v1', 'Secret', { stringData: { a: 'b' } }],
    ['v1', 'PersistentVolumeClaim', { spec: claimTemplate.spec }],
    [
      'autoscaling/v2',
      'HorizontalPodAutoscaler',
      { spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } } },
    ],
    ['policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } } }],
    ['v1', 'ResourceQuota', { spec: { hard: { pods: '1000' } } }],
    ['v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '4' } }] } }],
    ['v1', 'ServiceAccount', {}],
  ]
  for (const [apiVersion, kind, rest] of again)
    test(`[T5] a ${kind} that is applied twice is unchanged the second time`, async () => {
      const object = { apiVersion, kind, metadata: { name: 'twice', namespace: 'default', labels: { x: 'y' } }, ...rest }
      assert.equal((await apply([object]))[0]!.action, 'created')
      assert.equal((await apply([object]))[0]!.action, 'unchanged')
    })

  test('a dry run shows what would be stored and stores nothing', async () => {
    const preview = (await apply([namespace('t4')], true))[0]!
    assert.equal((preview.after as { status?: { phase?: string } }).status?.phase, 'Active')
    await assert.rejects(server.client.get(namespaces, { namespace: '', name: 't4' }), (error) => isApiError(error, 'NotFound'))
  })

  test('an object named twice is refused', async () => {
    await assert.rejects(apply([namespace('t5'), namespace('t5')]), /already in document 1/)
  })
})
