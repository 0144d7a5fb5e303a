import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { isStatus, pod, podsPath } from '../testing/requests.ts'
import { startRestServer, type Answer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
})
after(() => server.close())

const create = (path: string, body: unknown): Promise<Answer> => server.call('POST', path, { body })
const put = (path: string, body: unknown): Promise<Answer> => server.call('PUT', path, { body })
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'

/** A pod that runs, and is ready unless said otherwise. */
async function runningPod(name: string, app: string, isReady = true): Promise<void> {
  const made = await create(podsPath, { ...pod(name), metadata: { name, labels: { app } } })
  assert.equal(made.status, 201, made.text)
  await create(`${podsPath}/${name}/binding`, { target: { kind: 'Node', name: 'n1' } })
  const { json } = await server.call('GET', `${podsPath}/${name}`)
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }]
  assert.equal((await put(`${podsPath}/${name}/status`, { ...json, status: { ...json.status, phase: 'Running', conditions } })).status, 200)
}

async function budget(name: string, app: string, status: object, spec: object = {}): Promise<void> {
  const { json } = await create(budgets, { metadata: { name }, spec: { minAvailable: 1, selector: { matchLabels: { app } }, ...spec } })
  const told = {
    observedGeneration: json.metadata.generation,
    currentHealthy: 1,
    desiredHealthy: 1,
    expectedPods: 1,
    disruptionsAllowed: 0,
    ...status,
  }
  assert.equal((await put(`${budgets}/${name}/status`, { ...json, status: told })).status, 200)
}

const evict = (name: string, more: object = {}): Promise<Answer> =>
  create(`${podsPath}/${name}/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...more })

describe('evicting', () => {
  test('[PD1] a pod without a budget is deleted, and says why', async () => {
    await runningPod('free', 'free')
    assert.equal((await evict('free')).status, 201)
    const { json } = await server.call('GET', `${podsPath}/free`)
    assert.ok(json.metadata.deletionTimestamp)
    const target = json.status.conditions.find((c: { type: string }) => c.type === 'DisruptionTarget')
    assert.deepEqual([target.status, target.reason], ['True', 'EvictionByEvictionAPI'])
  })

  test('[PD2] a budget that allows none refuses with 429 and what it needs', async () => {
    await runningPod('kept', 'kept')
    await budget('kept', 'kept', {})
    const answer = await evict('kept')
    isStatus(answer, 429, 'TooManyRequests')
    assert.equal(answer.json.message, "Cannot evict pod as it would violate the pod's disruption budget.")
    assert.equal(answer.headers['retry-after'], undefined)
    assert.equal(answer.json.details.causes[0].message, 'The disruption budget kept needs 1 healthy pods and has 1 currently')
    assert.equal((await server.call('GET', `${podsPath}/kept`)).json.metadata.deletionTimestamp, undefined)
  })

  test('[PD3] of several at once no more go than the budget allows', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((letter) => `many-${letter}`)
    for (const name of names) await runningPod(name, 'many')
    await budget('many', 'many', { currentHealthy: 5, desiredHealthy: 3, expectedPods: 5, disruptionsAllowed: 2 }, { minAvailable: 3 })
    const codes = (await Promise.all(names.map((name) => evict(name)))).map(({ status }) => status)
    assert.deepEqual(
      codes.toSorted((a, b) => a - b),
      [201, 201, 429, 429, 429],
    )
    const { status } = (await server.call('GET', `${budgets}/many`)).json
    assert.equal(status.disruptionsAllowed, 0)
    assert.equal(Object.keys(status.disruptedPods).length, 2)
    assert.equal(status.conditions[0].reason, 'InsufficientPods')
  })

  test('[PD4] a pod that is not ready goes if its budget is met by others, or if asked to be generous', async () => {
    await runningPod('sick', 'sick', false)
    await budget('sick', 'sick', { currentHealthy: 0 })
    isStatus(await evict('sick'), 429, 'TooManyRequests')
    await server.call('PATCH', `${budgets}/sick`, {
      body: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    assert.equal((await evict('sick')).status, 201)
  })

  test('[PD5] a budget that was changed and not worked out since refuses for now', async () => {
    await runningPod('early', 'early')
    await create(budgets, { metadata: { name: 'early' }, spec: { minAvailable: 1, selector: { matchLabels: { app: 'early' } } } })
    const answer = await evict('early')
    isStatus(answer, 429, 'TooManyRequests')
    assert.equal(answer.json.details.retryAfterSeconds, 10)
    assert.equal(answer.headers['retry-after'], '10')
  })

  test('[PD6] two budgets are one too many; a dry run changes nothing', async () => {
    await runningPod('twice', 'twice')
    await budget('twice-a', 'twice', { disruptionsAllowed: 1 })
    assert.equal((await evict('twice', { deleteOptions: { dryRun: ['All'] } })).status, 201)
    assert.equal((await server.call('GET', `${podsPath}/twice`)).json.metadata.deletionTimestamp, undefined)
    assert.equal((await server.call('GET', `${budgets}/twice-a`)).json.status.disruptionsAllowed, 1)
    await budget('twice-b', 'twice', { disruptionsAllowed: 1 })
    isStatus(await evict('twice'), 500, 'InternalError')
  })

  test('a malformed eviction is refused', async () => {
    isStatus(await create(`${podsPath}/x/eviction`, { metadata: { name: 'y' } }), 400, 'BadRequest')
  })
})

describe('[RT1] the runtime class of a pod', () => {
  const specOf = (name: string, spec: object): Promise<Answer> =>
    create(podsPath, { ...pod(name), spec: { ...pod(name).spec, runtimeClassName: 'vm', ...spec } })

  before(async () => {
    const made = await create('/apis/node.k8s.io/v1/runtimeclasses', {
      metadata: { name: 'vm' },
      handler: 'vm',
      overhead: { podFixed: { cpu: '250m' } },
      scheduling: { nodeSelector: { vm: 'yes' }, tolerations: [{ key: 'vm', operator: 'Exists' }] },
    })
    assert.equal(made.status, 201, made.text)
  })

  test('gives it its overhead and its place', async () => {
    const { spec } = (await specOf('in-vm', { nodeSelector: { zone: 'a' }, tolerations: [{ key: 'vm', operator: 'Equal', value: 'x' }] }))
      .json
    assert.deepEqual([spec.overhead, spec.nodeSelector], [{ cpu: '250m' }, { zone: 'a', vm: 'yes' }])
    const ofClass = spec.tolerations.filter(({ key }: { key: string }) => key === 'vm')
    assert.deepEqual(ofClass, [{ key: 'vm', operator: 'Exists' }])
  })

  const refused: [what: string, spec: object, why: RegExp][] = [
    ['a class there is not', { runtimeClassName: 'none' }, /pod rejected: RuntimeClass "none" not found$/],
    ['another overhead', { overhead: { cpu: '1' } }, /pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead$/],
    [
      'an overhead without a class',
      { runtimeClassName: undefined, overhead: { cpu: '1' } },
      /pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead$/,
    ],
    [
      'another place',
      { nodeSelector: { vm: 'no' } },
      /conflict: runtimeClass\.scheduling\.nodeSelector\[vm\] = yes; pod\.spec\.nodeSelector\[vm\] = no$/,
    ],
  ]
  for (const [what, spec, why] of refused)
    test(`${what} is refused`, async () => {
      const answer = await specOf('refused', spec)
      isStatus(answer, 403, 'Forbidden')
      assert.match(answer.json.message, why)
    })
})

describe('the priority of a pod', () => {
  const specOf = async (name: string, spec: object): Promise<Answer> =>
    create(podsPath, { ...pod(name), spec: { ...pod(name).spec, ...spec } })

  test('[PR1] comes from its class', async () => {
    assert.equal((await create(classes, { metadata: { name: 'high' }, value: 1000, preemptionPolicy: 'Never' })).status, 201)
    const { spec } = (await specOf('high', { priorityClassName: 'high' })).json
    assert.deepEqual([spec.priority, spec.preemptionPolicy], [1000, 'Never'])
    const critical = (await specOf('critical', { priorityClassName: 'system-node-critical' })).json
    assert.equal(critical.spec.priority, 2_000_001_000)
  })

  test('[PR2] is 0 without a class, and cannot be chosen', async () => {
    const { spec } = (await specOf('plain', {})).json
    assert.deepEqual([spec.priority, spec.preemptionPolicy, spec.priorityClassName], [0, 'PreemptLowerPriority', undefined])
    const refused = await specOf('proud', { priority: 7 })
    isStatus(refused, 403, 'Forbidden')
    assert.match(refused.json.message, /the integer value of priority \(7\) must not be provided in pod spec; .* computed 0/)
    isStatus(await specOf('lost', { priorityClassName: 'none' }), 403, 'Forbidden')
  })

  test('[PR4] can always come from a class of the system: these are not deleted', async () => {
    const refused = await server.call('DELETE', `${classes}/system-node-critical`)
    isStatus(refused, 403, 'Forbidden')
    assert.match(refused.json.message, /this is a system priority class and cannot be deleted$/)
  })

  test('[PR3] comes from the default class where there is one, and there is one at most', async () => {
    assert.equal((await create(classes, { metadata: { name: 'usual' }, value: 5, globalDefault: true })).status, 201)
    const { spec } = (await specOf('usual', {})).json
    assert.deepEqual([spec.priority, spec.priorityClassName], [5, 'usual'])
    isStatus(await create(classes, { metadata: { name: 'other' }, value: 6, globalDefault: true }), 403, 'Forbidden')
  })
})

describe('labels and tolerations of pods', () => {
  test('[PO1] a pod has the zone and the region of its node as labels, bound or made with it', async () => {
    const topology = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1' }
    await create('/api/v1/nodes', { metadata: { name: 'placed', labels: { ...topology, other: 'x' } } })
    const labelsOf = async (name: string) => (await server.call('GET', `${podsPath}/${name}`)).json.metadata.labels as unknown
    await create(podsPath, {
      ...pod('ad1-bound'),
      metadata: { name: 'ad1-bound', labels: { 'topology.kubernetes.io/zone': 'mine', app: 'a' } },
    })
    await create(`${podsPath}/ad1-bound/binding`, { target: { kind: 'Node', name: 'placed' } })
    assert.deepEqual(await labelsOf('ad1-bound'), { app: 'a', ...topology })
    const made = pod('ad1-made')
    await create(podsPath, { ...made, spec: { ...made.spec, nodeName: 'placed' } })
    assert.deepEqual(await labelsOf('ad1-made'), { app: 'ad1-made', ...topology })
  })

  test('[PO2] the tolerations that every pod gets need not be repeated in an update', async () => {
    await create(podsPath, pod('ad2'))
    const { json } = await server.call('GET', `${podsPath}/ad2`)
    const own = { key: 'own', operator: 'Exists' }
    const updated = await put(`${podsPath}/ad2`, { ...json, spec: { ...json.spec, tolerations: [own] } })
    assert.equal(updated.status, 200, updated.text)
    assert.deepEqual(updated.json.spec.tolerations, [own, ...json.spec.tolerations])
  })
})
