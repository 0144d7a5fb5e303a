import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { persistentVolumes } from '@quarterdeck/api'

import { isStatus } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const classesPath = '/apis/storage.k8s.io/v1/storageclasses'
const claimsPath = '/api/v1/namespaces/default/persistentvolumeclaims'
const volumesPath = '/api/v1/persistentvolumes'
const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })
const patch = (path: string, body: unknown): Promise<Answer> =>
  server.call('PATCH', path, { body, headers: { 'content-type': 'application/merge-patch+json' } })
const claim = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
})
const volume = (name: string) => ({
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
})

describe('storage', () => {
  test('[ST1] a cluster begins with a class that is the default, made only once', async () => {
    const { json } = await server.call('GET', `${classesPath}/local-path`)
    assert.equal(json.provisioner, 'quarterdeck.dev/local-path')
    assert.equal(json.volumeBindingMode, 'WaitForFirstConsumer')
    assert.equal(json.reclaimPolicy, 'Delete')
    assert.equal(json.allowVolumeExpansion, true)
    const kubeSystem = await server.call('GET', '/api/v1/namespaces/kube-system')
    assert.equal(kubeSystem.json.metadata.annotations['quarterdeck.dev/storage-class-made'], 'true')
  })

  test('[ST2] a claim that names no class gets the newest default, one that names none keeps none', async () => {
    assert.equal((await create(claimsPath, claim('unnamed'))).json.spec.storageClassName, 'local-path')
    assert.equal((await create(claimsPath, claim('none', { storageClassName: '' }))).json.spec.storageClassName, '')
    const annotated = { ...claim('old'), metadata: { name: 'old', annotations: { 'volume.beta.kubernetes.io/storage-class': 'x' } } }
    assert.equal((await create(claimsPath, annotated)).json.spec.storageClassName, undefined)
    await patch(`${classesPath}/local-path`, { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'false' } } })
    assert.equal((await create(claimsPath, claim('later'))).json.spec.storageClassName, undefined)
  })

  test('[ST3] claims and volumes are kept by a finalizer from the start, and begin as Pending', async () => {
    const { json } = await create(claimsPath, claim('kept', { storageClassName: 'x' }))
    assert.deepEqual(json.metadata.finalizers, ['kubernetes.io/pvc-protection'])
    assert.equal(json.status.phase, 'Pending')
    const made = await create(volumesPath, volume('kept'))
    assert.deepEqual(made.json.metadata.finalizers, ['kubernetes.io/pv-protection'])
    assert.equal(made.json.status.phase, 'Pending')
    assert.ok(made.json.status.lastPhaseTransitionTime)
  })

  test('[ST4] a claim grows only when bound, and only in a class that allows it', async () => {
    await create(classesPath, { metadata: { name: 'growing' }, provisioner: 'example.com/p', allowVolumeExpansion: true })
    await create(classesPath, { metadata: { name: 'fixed' }, provisioner: 'example.com/p' })
    for (const storageClassName of ['growing', 'fixed']) await create(claimsPath, claim(storageClassName, { storageClassName }))
    const grow = (name: string, storage: string): Promise<Answer> =>
      patch(`${claimsPath}/${name}`, { spec: { resources: { requests: { storage } } } })
    const early = await grow('growing', '2Gi')
    isStatus(early, 403, 'Forbidden')
    assert.match(early.json.message, /Only bound persistent volume claims can be expanded/)
    for (const name of ['growing', 'fixed'])
      await patch(`${claimsPath}/${name}/status`, { status: { phase: 'Bound', capacity: { storage: '1Gi' } } })
    assert.equal((await grow('growing', '2Gi')).json.spec.resources.requests.storage, '2Gi')
    isStatus(await grow('fixed', '2Gi'), 403, 'Forbidden')
    isStatus(await grow('growing', '512Mi'), 422, 'Invalid')
  })

  test('[LP7] a node may take its finalizer off its own volumes, and change nothing else', async () => {
    const local = (name: string, node: string) => ({
      metadata: { name, labels: { 'quarterdeck.dev/node': node }, finalizers: ['quarterdeck.dev/local-path'] },
      spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
    })
    for (const node of ['n1', 'n2']) await create(volumesPath, local(`of-${node}`, node))
    const agent = server.api.clientFor({ name: 'system:node:n1', groups: ['system:nodes'] }, 'agent')
    const read = (name: string, client = agent) => client.get(persistentVolumes, { namespace: '', name })
    const own = await read('of-n1')
    const freed = { ...own, metadata: { ...own.metadata, finalizers: ['kubernetes.io/pv-protection'] } }
    await assert.rejects(
      agent.update(persistentVolumes, { ...freed, spec: { ...own.spec, storageClassName: 'x' } }),
      /may only take its finalizer off/,
    )
    await assert.rejects(read('of-n2'), /no relationship found between node 'n1' and this object/)
    const other = await read('of-n2', server.client)
    await assert.rejects(
      agent.update(persistentVolumes, { ...other, metadata: { ...other.metadata, finalizers: [] } }),
      /no relationship found between node 'n1' and this object/,
    )
    await assert.rejects(
      agent.update(persistentVolumes, { ...own, metadata: { ...own.metadata, finalizers: [] } }),
      /may only take its finalizer off/,
    )
    await agent.update(persistentVolumes, freed)
    assert.deepEqual((await read('of-n1')).metadata.finalizers, ['kubernetes.io/pv-protection'])
  })

  test('a phase that changes takes the time with it', async () => {
    await create(volumesPath, volume('phased'))
    await patch(`${volumesPath}/phased/status`, { status: { lastPhaseTransitionTime: '2020-01-01T00:00:00Z' } })
    const same = await patch(`${volumesPath}/phased/status`, { status: { message: 'm' } })
    assert.equal(same.json.status.lastPhaseTransitionTime, '2020-01-01T00:00:00Z')
    const changed = await patch(`${volumesPath}/phased/status`, { status: { phase: 'Available' } })
    assert.notEqual(changed.json.status.lastPhaseTransitionTime, '2020-01-01T00:00:00Z')
  })
})
