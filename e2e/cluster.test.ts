import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

const manifest = readFileSync(new URL('cluster/first-application.yaml', import.meta.url), 'utf8')

const { product, kubectl } = await startCluster()

const shop = ['-n', 'shop']
const podNames = async (): Promise<string[]> =>
  (await kubectl('get', 'pods', ...shop, '-l', 'app=web', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ').filter(Boolean)
const containerIds = async (): Promise<string> =>
  (
    await kubectl(
      'get',
      'pods',
      ...shop,
      '-l',
      'app=web',
      '-o',
      'jsonpath={range .items[*]}{.metadata.name}={.status.containerStatuses[0].containerID}{"\\n"}{end}',
    )
  )
    .split('\n')
    .filter(Boolean)
    .toSorted()
    .join('\n')
const untilRolledOut = (): Promise<string> => kubectl('rollout', 'status', ...shop, 'deployment/web', '--timeout=120s')
/** Through a pod's own shell: nc, because busybox's static wget cannot look names up. */
const fetchFromPod = async (pod: string, host: string): Promise<string> =>
  kubectl('get', 'pod', ...shop, pod, '-o', 'name').then(() => {
    const id = execFileSync(
      'docker',
      ['ps', '-q', '--filter', `label=io.kubernetes.pod.name=${pod}`, '--filter', 'label=io.kubernetes.container.name=web'],
      { encoding: 'utf8' },
    ).trim()
    return execFileSync('docker', ['exec', id, 'sh', '-c', `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${host} 80`], {
      encoding: 'utf8',
    })
  })

describe('a cluster, used with kubectl', () => {
  test('the node is Ready', async () => {
    assert.match(await kubectl('get', 'nodes'), new RegExp(`${product.nodeName}\\s+Ready`))
  })

  test('YAML becomes three running containers behind a Service', async () => {
    const watching = kubectl.follow('get', 'pods', '-A', '-w')
    await kubectl.apply(manifest)
    await untilRolledOut()
    await watching.untilOutput(/shop\s+web-\S+\s+1\/1\s+Running/)
    watching.stop()
    assert.equal((await podNames()).length, 3)
  })

  test('the Service is reached from a pod by its name', async () => {
    const [pod] = await podNames()
    for (const host of ['web', 'web.shop', 'web.shop.svc.cluster.local']) {
      assert.match(
        await eventually(async () => {
          const answer = await fetchFromPod(pod!, host)
          assert.match(answer, /ahoy/)
          return answer
        }),
        /ahoy from quarterdeck/,
      )
    }
  })

  test('describe tells the story of a pod', async () => {
    const [pod] = await podNames()
    const text = await kubectl('describe', 'pod', ...shop, pod!)
    for (const reason of ['Scheduled', 'Created', 'Started']) assert.match(text, new RegExp(`Normal\\s+${reason}`))
    assert.match(text, /Successfully assigned shop\//)
  })

  test('logs are followed', async () => {
    const [pod] = await podNames()
    const following = kubectl.follow('logs', ...shop, '-f', pod!)
    await following.untilOutput(/serving hello/)
    following.stop()
    assert.match(await kubectl('logs', ...shop, 'deployment/web', '--tail=1'), /./)
  })

  test('scale goes up and down', async () => {
    await kubectl('scale', ...shop, 'deployment/web', '--replicas=5')
    await untilRolledOut()
    assert.equal((await podNames()).length, 5)
    await kubectl('scale', ...shop, 'deployment/web', '--replicas=3')
    await eventually(async () => assert.equal((await podNames()).length, 3))
  })

  test('a rollout is done and undone', async () => {
    await kubectl('set', 'env', ...shop, 'deployment/web', 'GREETING=again')
    await untilRolledOut()
    const [pod] = await podNames()
    assert.match(await eventually(() => kubectl('logs', ...shop, pod!)), /serving again/)
    assert.match(await kubectl('rollout', 'history', ...shop, 'deployment/web'), /1\s[\s\S]*2\s/)
    await kubectl('rollout', 'undo', ...shop, 'deployment/web')
    await untilRolledOut()
    await eventually(async () => {
      const names = await podNames()
      assert.equal(names.length, 3)
      for (const name of names) assert.match(await kubectl('logs', ...shop, name), /serving hello/)
    })
  })

  test('a container that is killed is started again', async () => {
    const [pod] = await podNames()
    const id = execFileSync(
      'docker',
      ['ps', '-q', '--filter', `label=io.kubernetes.pod.name=${pod}`, '--filter', 'label=io.kubernetes.container.name=web'],
      { encoding: 'utf8' },
    ).trim()
    execFileSync('docker', ['kill', id])
    await eventually(async () =>
      assert.equal(
        await kubectl(
          'get',
          'pod',
          ...shop,
          pod!,
          '-o',
          'jsonpath={.status.containerStatuses[0].restartCount}/{.status.containerStatuses[0].ready}',
        ),
        '1/true',
      ),
    )
  })

  test('a pod that cannot be scheduled says why', async () => {
    await kubectl.apply(`
apiVersion: v1
kind: Pod
metadata: { name: huge, namespace: shop }
spec:
  containers:
    - { name: c, image: 'quarterdeck/busybox:latest', resources: { requests: { cpu: '1000' } } }`)
    await eventually(async () =>
      assert.match(await kubectl('describe', 'pod', ...shop, 'huge'), /FailedScheduling.*0\/1 nodes are available: 1 Insufficient cpu/),
    )
    await kubectl('delete', 'pod', ...shop, 'huge')
  })

  for (const [what, kill] of [
    ['web', () => process.kill(product.pidOf('apps/web/server/main.ts'), 'SIGKILL')],
    ['worker', () => process.kill(product.pidOf('apps/worker/src/main.ts'), 'SIGKILL')],
    ['agent', () => process.kill(product.pidOf('apps/agent/src/main.ts'), 'SIGKILL')],
    ['Postgres', () => process.kill(product.postgresPid(), 'SIGKILL')],
  ] as const) {
    test(`kill -9 of ${what} loses nothing`, async () => {
      const before = await containerIds()
      const name = `survivor-${what.toLowerCase()}`
      await kubectl.apply(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"${name}","namespace":"shop"},"data":{"a":"b"}}`)
      kill()
      await eventually(() => kubectl('get', 'configmap', ...shop, name))
      await eventually(() => kubectl('annotate', '--overwrite', 'configmap', ...shop, name, 'seen=yes'))
      await kubectl('scale', ...shop, 'deployment/web', '--replicas=4')
      await eventually(() => untilRolledOut())
      await kubectl('scale', ...shop, 'deployment/web', '--replicas=3')
      await eventually(async () => assert.equal((await podNames()).length, 3))
      const kept = (await containerIds()).split('\n').filter((line) => before.includes(line))
      assert.ok(kept.length >= 2, `containers were replaced: before\n${before}\nafter\n${await containerIds()}`)
    })
  }

  test('Ctrl-C leaves pods running, and a second start finds everything as it was', async () => {
    const before = await containerIds()
    await product.interrupt()
    const running = execFileSync(
      'docker',
      ['ps', '-q', '--filter', 'label=io.kubernetes.pod.namespace=shop', '--filter', 'label=io.kubernetes.container.name=web'],
      { encoding: 'utf8' },
    )
    assert.equal(running.trim().split('\n').length, 3)
    await product.start()
    await untilRolledOut()
    assert.equal(await containerIds(), before)
  })

  test('deleting the namespace leaves nothing', async () => {
    await kubectl('delete', 'namespace', 'shop', '--timeout=120s')
    // The last sandbox goes a moment after its pod.
    await eventually(async () => {
      const left = execFileSync('docker', ['ps', '-aq', '--filter', 'label=io.kubernetes.pod.namespace=shop'], { encoding: 'utf8' })
      assert.equal(left.trim(), '')
    })
    const { stdout } = await kubectl.tried('get', 'all', '-n', 'shop')
    assert.equal(stdout.trim(), '')
  })
})
