import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'

import {
  controllerRevisions,
  cronJobs,
  deployments,
  jobs,
  persistentVolumeClaims,
  pods,
  replicaSets,
  statefulSets,
  storageClasses,
  type CronJob,
} from '@quarterdeck/api'
import type { Draft, KubeObject, OwnerReference } from '@quarterdeck/api-machinery'

import { openTestDeck } from '../testing.ts'
import { manualJobOf } from './run-cron-job.ts'

const namespace = 'default'
const apps = { apiVersion: 'apps/v1', namespace }
const batch = { apiVersion: 'batch/v1', namespace }
const podSpec = (image: string) => ({ containers: [{ name: 'c', image }] })
const template = (image: string) => ({ metadata: { labels: { app: 'x' } }, spec: podSpec(image) })
const jobTemplate = { metadata: { labels: { of: 'cron' } }, spec: { template: { spec: { ...podSpec('i'), restartPolicy: 'Never' } } } }
const ownedBy = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
})

suite('workloads', () => {
  let deck: Awaited<ReturnType<typeof openTestDeck>>
  before(async () => {
    deck = await openTestDeck()
  })
  after(() => deck.close())

  test('[DB1] a CronJob that is run now makes a Job of its template that it owns', async () => {
    await deck.client.create(cronJobs, {
      metadata: { name: 'nightly', namespace },
      spec: { schedule: '0 2 * * *', suspend: true, jobTemplate },
      status: {},
    })
    const { jobName } = await deck.api.workloads.runCronJob({ namespace, name: 'nightly' })
    const job = await deck.client.get(jobs, { namespace, name: jobName })
    assert.match(jobName, /^nightly-manual-\w{5}$/)
    assert.equal(job.metadata.annotations?.['cronjob.kubernetes.io/instantiate'], 'manual')
    assert.equal(job.metadata.labels?.['of'], 'cron')
    assert.equal(job.metadata.ownerReferences?.[0]?.kind, 'CronJob')
    assert.equal(job.metadata.ownerReferences?.[0]?.controller, true)
    assert.equal(job.spec.template.spec?.containers[0]?.image, 'i')
  })

  test('[DB1] the Job of a CronJob with a long name keeps its suffix', () => {
    const name = 'n'.repeat(52)
    const cronJob = { metadata: { name, namespace, uid: 'u' }, spec: { schedule: '', jobTemplate } } as unknown as CronJob
    const made = manualJobOf(cronJob, 'abcde').metadata.name ?? ''
    assert.equal(made.length, 63)
    assert.ok(made.endsWith('-manual-abcde'))
  })

  test('[DB2] Jobs and CronJobs are suspended and resumed; one that has finished is refused, and says so', async () => {
    const setOne = async (plural: string, name: string, isSuspended: boolean) =>
      (await deck.api.workloads.setSuspended({ targets: [{ ...batch, plural, name }], isSuspended }))[0]?.error?.message
    await deck.client.create(jobs, { metadata: { name: 'once', namespace }, spec: jobTemplate.spec, status: {} })
    assert.equal(await setOne('jobs', 'once', true), undefined)
    assert.equal((await deck.client.get(jobs, { namespace, name: 'once' })).spec.suspend, true)
    assert.equal(await setOne('cronjobs', 'nightly', false), undefined)
    assert.equal((await deck.client.get(cronJobs, { namespace, name: 'nightly' })).spec.suspend, false)
    const at = '2026-01-01T00:00:00Z'
    const conditions = ['FailureTarget', 'Failed'].map((type) => ({ type, status: 'True', lastTransitionTime: at, lastProbeTime: at }))
    await deck.client.patch(
      jobs,
      { namespace, name: 'once' },
      { status: { startTime: at, conditions } },
      { type: 'merge', subresource: 'status' },
    )
    assert.match((await setOne('jobs', 'once', false)) ?? '', /has finished/)
    const [refused] = await deck.api.workloads.setSuspended({ targets: [{ ...apps, plural: 'deployments', name: 'x' }], isSuspended: true })
    assert.match(refused?.error?.message ?? '', /can’t be suspended/)
  })

  test('[DB3] [DB24] a Deployment goes back to a former revision with the annotations it had, and not while it is paused', async () => {
    const spec = { replicas: 1, selector: { matchLabels: { app: 'x' } }, template: template('i:2') }
    const owner = await deck.client.create(deployments, {
      metadata: {
        name: 'web',
        namespace,
        annotations: { 'deployment.kubernetes.io/revision': '2', 'kubernetes.io/change-cause': 'second' },
      },
      spec,
      status: {},
    })
    for (const revision of [1, 2])
      await deck.client.create(replicaSets, {
        metadata: {
          name: `web-${revision}`,
          namespace,
          ownerReferences: [ownedBy(owner)],
          annotations: {
            'deployment.kubernetes.io/revision': String(revision),
            'deployment.kubernetes.io/desired-replicas': '1',
            'kubernetes.io/change-cause': revision === 1 ? 'first' : 'second',
          },
        },
        spec: {
          ...spec,
          selector: { matchLabels: { app: 'x', 'pod-template-hash': `h${revision}` } },
          template: { ...template(`i:${revision}`), metadata: { labels: { app: 'x', 'pod-template-hash': `h${revision}` } } },
        },
        status: {},
      } as unknown as Draft<KubeObject>)
    const target = { ...apps, plural: 'deployments', name: 'web' }
    const revisions = await deck.api.workloads.listRevisions(target)
    assert.deepEqual(
      revisions.map(({ number, isCurrent, changeCause, images }) => [number, isCurrent, changeCause, images[0]]),
      [
        [2, true, 'second', 'i:2'],
        [1, false, 'first', 'i:1'],
      ],
    )
    assert.doesNotMatch(revisions[0]!.yaml, /pod-template-hash/)
    assert.deepEqual(await deck.api.workloads.rollBack({ ...target, revision: 2 }), { action: 'skipped', revision: 2 })
    await deck.api.workloads.setPaused({ targets: [target], isPaused: true })
    await assert.rejects(deck.api.workloads.rollBack({ ...target, revision: 1 }), /is paused: resume it first/)
    const [restarted] = await deck.api.objects.restart({ targets: [target] })
    assert.match(restarted?.error?.message ?? '', /is paused: resume it first/)
    await deck.api.workloads.setPaused({ targets: [target], isPaused: false })
    assert.deepEqual(await deck.api.workloads.rollBack(target), { action: 'rolled-back', revision: 1 })
    const after = await deck.client.get(deployments, { namespace, name: 'web' })
    assert.equal(after.spec.template.spec?.containers[0]?.image, 'i:1')
    assert.deepEqual(after.metadata.annotations, { 'deployment.kubernetes.io/revision': '2', 'kubernetes.io/change-cause': 'first' })
    await assert.rejects(deck.api.workloads.rollBack({ ...target, revision: 9 }), /web at revision 9/)
  })

  test('[DB3] a StatefulSet goes back to the template of a ControllerRevision', async () => {
    const owner = await deck.client.create(statefulSets, {
      metadata: { name: 'db', namespace },
      spec: { serviceName: 'db', selector: { matchLabels: { app: 'x' } }, template: template('i:2') },
      status: { replicas: 0 },
    })
    for (const [revision, stored] of [
      [1, { ...owner.spec.template, spec: { ...owner.spec.template.spec, ...podSpec('i:1') } }] as const,
      [2, owner.spec.template] as const,
    ])
      await deck.client.create(controllerRevisions, {
        metadata: { name: `db-${revision}`, namespace, ownerReferences: [ownedBy(owner)] },
        revision,
        data: { spec: { template: { $patch: 'replace', ...stored } } },
      } as unknown as Draft<KubeObject>)
    const target = { ...apps, plural: 'statefulsets', name: 'db' }
    assert.deepEqual(
      (await deck.api.workloads.listRevisions(target)).map(({ number, isCurrent }) => [number, isCurrent]),
      [
        [2, true],
        [1, false],
      ],
    )
    await deck.api.workloads.rollBack({ ...target, revision: 1 })
    const after = await deck.client.get(statefulSets, { namespace, name: 'db' })
    assert.equal(after.spec.template.spec?.containers[0]?.image, 'i:1')
    await assert.rejects(deck.api.workloads.listRevisions({ ...batch, plural: 'jobs', name: 'once' }), /keeps no revisions/)
  })

  test('[DB4] a claim grows where its class allows it, and is told why not elsewhere', async () => {
    await deck.client.create(storageClasses, { metadata: { name: 'grows' }, provisioner: 'p', allowVolumeExpansion: true })
    await deck.client.create(storageClasses, { metadata: { name: 'stays' }, provisioner: 'p' })
    for (const storageClassName of ['grows', 'stays']) {
      const key = { namespace, name: storageClassName }
      const requests = { storage: '1Gi' }
      await deck.client.create(persistentVolumeClaims, {
        metadata: key,
        spec: { accessModes: ['ReadWriteOnce'], storageClassName, volumeName: `v-${storageClassName}`, resources: { requests } },
        status: {},
      })
      await deck.client.patch(
        persistentVolumeClaims,
        key,
        { status: { phase: 'Bound', capacity: requests } },
        { type: 'merge', subresource: 'status' },
      )
    }
    assert.deepEqual(await deck.api.claims.resize({ namespace, name: 'grows', storage: '2Gi' }), { from: '1Gi', to: '2Gi' })
    await assert.rejects(deck.api.claims.resize({ namespace, name: 'grows', storage: '1500Mi' }), /can only grow/)
    await assert.rejects(deck.api.claims.resize({ namespace, name: 'grows', storage: 'lots' }), /is no size/)
    await assert.rejects(deck.api.claims.resize({ namespace, name: 'stays', storage: '2Gi' }), /resize|expan/i)
  })

  test('a pod that is not there is not evicted, and the others are', async () => {
    await deck.client.create(pods, { metadata: { name: 'here', namespace }, spec: podSpec('i'), status: {} })
    const results = await deck.api.pods.evict({
      pods: [
        { namespace, name: 'gone' },
        { namespace, name: 'here' },
      ],
    })
    assert.deepEqual(
      results.map(({ error }) => error?.reason),
      ['NotFound', undefined],
    )
  })
})
