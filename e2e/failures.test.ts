import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

/** Twice what simulated nodes take to renew a Lease, and some. */
const graceSeconds = 45
const tolerationSeconds = 3

const deployment = (name: string, { spec, rollout = '' }: { spec: string; rollout?: string }): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  ${rollout}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - { name: main, image: 'quarterdeck/busybox:latest', imagePullPolicy: IfNotPresent, command: [sleep, '3600'] }
      ${spec}
`
const tolerations = ['not-ready', 'unreachable']
  .map((reason) => `{ key: node.kubernetes.io/${reason}, operator: Exists, effect: NoExecute, tolerationSeconds: ${tolerationSeconds} }`)
  .join(', ')
/** Rather on the node that will die. */
const mobile = deployment('mobile', {
  spec: `tolerations: [${tolerations}]
      affinity:
        nodeAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - { weight: 100, preference: { matchExpressions: [{ key: type, operator: In, values: [simulated] }] } }`,
})
const steady = deployment('steady', {
  rollout: 'progressDeadlineSeconds: 5',
  spec: 'nodeSelector: { kubernetes.io/hostname: REAL }',
})

const { product, kubectl } = await startCluster({
  args: ['--nodes-simulated', '1'],
  environment: { QUARTERDECK_NODE_GRACE_SECONDS: String(graceSeconds) },
})
const simulated = product.pidOf('--no-node')

const podsOf = async (name: string): Promise<{ node: string; phase: string; ready: boolean; terminating: boolean }[]> => {
  const { items } = JSON.parse(await kubectl('get', 'pods', '-l', `app=${name}`, '-o', 'json')) as {
    items: {
      metadata: { deletionTimestamp?: string }
      spec: { nodeName: string }
      status: { phase: string; conditions?: { type: string; status: string }[] }
    }[]
  }
  return items.map(({ metadata, spec, status }) => ({
    node: spec.nodeName,
    phase: status.phase,
    ready: status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false,
    terminating: metadata.deletionTimestamp !== undefined,
  }))
}

describe('what goes wrong, as an operator sees it', () => {
  after(() => process.kill(simulated, 'SIGCONT'))

  test('pods run on the node that is going to die', async () => {
    await kubectl.apply(mobile)
    await kubectl('rollout', 'status', 'deployment/mobile', '--timeout=60s')
    assert.deepEqual(
      (await podsOf('mobile')).map(({ node }) => node),
      ['sim-0', 'sim-0'],
    )
    process.kill(simulated, 'SIGSTOP')
  })

  test('[DE6] a rollout that cannot progress says so and is undone', async () => {
    await kubectl.apply(steady.replace('REAL', product.nodeName))
    await kubectl('rollout', 'status', 'deployment/steady', '--timeout=60s')
    await kubectl('set', 'image', 'deployment/steady', 'main=quarterdeck/there-is-no-such-image:latest')
    const stuck = await kubectl.tried('rollout', 'status', 'deployment/steady', '--timeout=60s')
    assert.equal(stuck.code, 1)
    assert.match(stuck.stderr, /deployment "steady" exceeded its progress deadline/)
    const reason = '{.status.conditions[?(@.type=="Progressing")].reason}'
    assert.equal(await kubectl('get', 'deployment', 'steady', '-o', `jsonpath=${reason}`), 'ProgressDeadlineExceeded')
    assert.equal((await podsOf('steady')).filter(({ ready }) => ready).length, 2, 'what ran before still runs')
    await kubectl('rollout', 'undo', 'deployment/steady')
    assert.match(await kubectl('rollout', 'status', 'deployment/steady', '--timeout=60s'), /successfully rolled out/)
    assert.equal(await kubectl('get', 'deployment', 'steady', '-o', `jsonpath=${reason}`), 'NewReplicaSetAvailable')
  })

  test('[NL1] [NL4] [NL10] a node that dies has its pods elsewhere within the toleration seconds', async () => {
    await eventually(async () => assert.match(await kubectl('get', 'node', 'sim-0'), /NotReady/))
    await eventually(async () => {
      const running = (await podsOf('mobile')).filter((pod) => pod.node === product.nodeName && pod.ready)
      assert.equal(running.length, 2)
    })
    const taints = await kubectl('get', 'node', 'sim-0', '-o', 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}')
    assert.match(taints, /node\.kubernetes\.io\/unreachable:NoExecute/)
    assert.match(
      await kubectl('get', 'events', '--field-selector', 'reason=TaintManagerEviction'),
      /Marking for deletion Pod default\/mobile-/,
    )
    assert.deepEqual(
      (await podsOf('mobile')).filter(({ node }) => node === 'sim-0').map(({ terminating, ready }) => [terminating, ready]),
      [
        [true, false],
        [true, false],
      ],
    )
  })

  test('a node that comes back ends what moved away, and is used again', async () => {
    process.kill(simulated, 'SIGCONT')
    await eventually(async () => assert.doesNotMatch(await kubectl('get', 'node', 'sim-0'), /NotReady/))
    await eventually(async () => assert.equal((await podsOf('mobile')).filter(({ node }) => node === 'sim-0').length, 0))
    assert.equal((await podsOf('mobile')).filter(({ ready }) => ready).length, 2)
    await eventually(async () => assert.equal(await kubectl('get', 'node', 'sim-0', '-o', 'jsonpath={.spec.taints}'), ''))
    await kubectl('scale', 'deployment/mobile', '--replicas=3')
    await eventually(async () => assert.ok((await podsOf('mobile')).some(({ node, ready }) => node === 'sim-0' && ready)))
  })
})
