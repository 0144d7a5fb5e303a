import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMaps, events, type Pod, pods, secrets, type V1Container } from '@quarterdeck/api'

import { createNodeBench, type NodeBench } from './testing/node-bench.ts'

const image = 'quarterdeck/busybox:latest'
const forever = ['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 0.1; done']

function container(overrides: Partial<V1Container> = {}): V1Container {
  return { name: 'main', image, imagePullPolicy: 'IfNotPresent', command: forever, ...overrides }
}

const isReady = (pod: Pod): boolean => pod.status.conditions?.find((condition) => condition.type === 'Ready')?.status === 'True'
const stateOf = (pod: Pod, name = 'main') =>
  [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].find((status) => status.name === name)

void describe('a kubelet on a real engine', () => {
  let bench: NodeBench
  before(async () => {
    bench = await createNodeBench('10.213.8.0/24')
    await bench.start()
  })
  after(() => bench.close())

  const remove = async (name: string) => {
    await bench.client.delete(pods, { namespace: 'default', name })
    await bench.waitForGone(name)
  }
  const exec = async (pod: Pod, ...command: string[]): Promise<string> => {
    const id = stateOf(pod)?.containerID?.replace('docker://', '') ?? ''
    return (await bench.runtime.exec(id, command, AbortSignal.timeout(5_000))).output
  }

  void test('[N1] a pod becomes Running and Ready, and is gone with everything it had once it is deleted', async () => {
    const created = await bench.createPod('plain', { containers: [container()] })
    const pod = await bench.waitForPod('plain', isReady)
    assert.equal(pod.status.phase, 'Running')
    assert.match(pod.status.podIP ?? '', /^10\.213\.8\./)
    assert.equal(stateOf(pod)?.restartCount, 0)
    assert.equal(stateOf(pod)?.started, true)
    assert.equal(await exec(pod, 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/namespace'), 'default')
    assert.match(await exec(pod, 'cat', '/var/run/secrets/kubernetes.io/serviceaccount/token'), /^ey.*\..*\./)
    assert.match(
      await exec(pod, 'cat', '/etc/resolv.conf'),
      /^search default\.svc\.cluster\.local .*\nnameserver 10\.96\.0\.10\noptions ndots:5\n$/,
    )
    assert.match(await exec(pod, 'cat', '/etc/hosts'), new RegExp(`${pod.status.podIP}\tplain`))
    assert.equal(await exec(pod, 'hostname'), 'plain\n')
    await remove('plain')
    assert.deepEqual(await bench.runtime.listContainers(created.metadata.uid), [])
    assert.deepEqual(await bench.runtime.listSandboxes(created.metadata.uid), [])
  })

  void test('[N15] a pod that does not fit is refused, says why, and can be deleted', async () => {
    await bench.createPod('large', { containers: [{ ...container(), resources: { requests: { cpu: '10k' } } }] })
    const pod = await bench.waitForPod('large', ({ status }) => status.phase === 'Failed')
    assert.equal(pod.status.reason, 'OutOfcpu')
    assert.match(pod.status.message ?? '', /^Pod was rejected: Node didn't have enough resource: cpu, requested: 10000000, used: \d+/)
    await remove('large')
  })

  void test('[N14] a container that asks for it has all of its pod restarted, init containers first', async () => {
    const asks = { operator: 'In', values: [42] }
    await bench.createPod('again', {
      restartPolicy: 'Never',
      volumes: [{ name: 'scratch', emptyDir: {} }],
      initContainers: [
        {
          ...container({ command: ['sh', '-c', 'echo run >> /scratch/runs'] }),
          name: 'first',
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        },
      ],
      containers: [
        {
          ...container({
            command: ['sh', '-c', 'test $(wc -l < /scratch/runs) = 2 || exit 42; trap "exit 0" TERM; while true; do sleep 0.1; done'],
          }),
          restartPolicy: 'Never',
          restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: asks }],
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        },
        { ...container(), name: 'other' },
      ],
    })
    const pod = await bench.waitForPod('again', (p) => isReady(p) && stateOf(p)?.restartCount === 1)
    assert.equal(stateOf(pod)?.lastState?.terminated?.exitCode, 42)
    assert.equal(stateOf(pod, 'first')?.restartCount, 1)
    assert.equal(stateOf(pod, 'other')?.restartCount, 1)
    assert.equal(pod.status.conditions?.find(({ type }) => type === 'AllContainersRestarting')?.status, 'False')
    await remove('again')
  })

  void test('events tell what happened to a pod', async () => {
    await bench.createPod('told', { containers: [container()] })
    const pod = await bench.waitForPod('told', isReady)
    const wanted = ['Created', 'Pulled', 'Started']
    let reasons: string[] = []
    while (reasons.join() !== wanted.join()) {
      const { items } = await bench.client.list(events, { namespace: 'default', fieldSelector: `involvedObject.uid=${pod.metadata.uid}` })
      reasons = items.map((event) => event.reason ?? '').toSorted()
    }
    await remove('told')
  })

  void test('[V3] environment variables come from values, fields, resources, config maps and secrets', async () => {
    await bench.client.create(configMaps, { metadata: { name: 'settings', namespace: 'default' }, data: { color: 'blue', size: 'L' } })
    await bench.client.create(secrets, {
      metadata: { name: 'keys', namespace: 'default' },
      data: { password: Buffer.from('s3cret').toString('base64') },
    })
    await bench.createPod('env', {
      containers: [
        container({
          resources: { limits: { memory: '64Mi', cpu: '500m' } },
          envFrom: [{ prefix: 'CM_', configMapRef: { name: 'settings' } }],
          env: [
            { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
            { name: 'COLOR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'color' } } },
            { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'keys', key: 'password' } } },
            { name: 'MISSING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'none', optional: true } } },
            { name: 'ALL', value: '$(NAME)-$(COLOR)-$(UNKNOWN)-$$(NAME)' },
          ],
        }),
      ],
    })
    const pod = await bench.waitForPod('env', isReady)
    const environment = new Map((await exec(pod, 'env')).split('\n').map((line) => line.split('=', 2) as [string, string]))
    const expected = {
      NAME: 'env',
      IP: pod.status.podIP,
      MEM: '64',
      COLOR: 'blue',
      PASSWORD: 's3cret',
      CM_size: 'L',
      ALL: 'env-blue-$(UNKNOWN)-$(NAME)',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(environment.get(name), value, name)
    assert.equal(environment.has('MISSING'), false)
    await remove('env')
  })

  void test('[V1] a changed config map reaches the files of a running pod', async () => {
    await bench.client.create(configMaps, { metadata: { name: 'live', namespace: 'default' }, data: { word: 'old' } })
    await bench.createPod(
      'volumes',
      {
        securityContext: { fsGroup: 2000 },
        volumes: [
          { name: 'live', configMap: { name: 'live' } },
          { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
        ],
        containers: [
          container({
            volumeMounts: [
              { name: 'live', mountPath: '/live' },
              { name: 'scratch', mountPath: '/scratch' },
              { name: 'info', mountPath: '/info' },
              { name: 'scratch', mountPath: '/part', subPath: 'a/b' },
            ],
          }),
        ],
      },
      { labels: { app: 'x' } },
    )
    const pod = await bench.waitForPod('volumes', isReady)
    assert.equal(await exec(pod, 'cat', '/live/word'), 'old')
    assert.equal(await exec(pod, 'cat', '/info/labels'), 'app="x"')
    assert.equal(await exec(pod, 'sh', '-c', 'echo hi > /part/f; cat /scratch/a/b/f; id -G'), 'hi\n0 10 2000\n'.replace(' 10', ''))
    assert.match(await exec(pod, 'sh', '-c', 'dd if=/dev/zero of=/scratch/big bs=1M count=2 2>&1 | head -1'), /No space left/)
    await bench.client.patch(configMaps, { namespace: 'default', name: 'live' }, { data: { word: 'new' } }, { type: 'merge' })
    while ((await exec(pod, 'cat', '/live/word')) !== 'new');
    await remove('volumes')
  })

  void test('[N5] init containers run one after the other before the main ones, and sidecars run on', async () => {
    await bench.createPod('staged', {
      restartPolicy: 'Never',
      volumes: [{ name: 'v', emptyDir: {} }],
      initContainers: [
        container({ name: 'first', command: ['sh', '-c', 'echo first >> /v/order'], volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
        container({ name: 'side', restartPolicy: 'Always', volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
        container({ name: 'second', command: ['sh', '-c', 'echo second >> /v/order'], volumeMounts: [{ name: 'v', mountPath: '/v' }] }),
      ],
      containers: [container({ command: ['cat', '/v/order'], volumeMounts: [{ name: 'v', mountPath: '/v' }] })],
    })
    const pod = await bench.waitForPod('staged', (p) => p.status.phase === 'Succeeded')
    assert.equal(stateOf(pod)?.state?.terminated?.reason, 'Completed')
    assert.equal(stateOf(pod, 'first')?.state?.terminated?.exitCode, 0)
    await bench.waitForPod('staged', (p) => stateOf(p, 'side')?.state?.terminated !== undefined)
    await remove('staged')
  })

  void test('[N6] a container that fails is restarted at once, then backs off with CrashLoopBackOff', async () => {
    await bench.createPod('crash', { containers: [container({ command: ['sh', '-c', 'echo dying > /dev/termination-log; exit 3'] })] })
    const pod = await bench.waitForPod('crash', (p) => stateOf(p)?.state?.waiting?.reason === 'CrashLoopBackOff')
    assert.equal(stateOf(pod)?.restartCount, 1)
    assert.equal(stateOf(pod)?.lastState?.terminated?.exitCode, 3)
    assert.equal(stateOf(pod)?.lastState?.terminated?.message, 'dying\n')
    assert.match(stateOf(pod)?.state?.waiting?.message ?? '', /^back-off 10s restarting failed container=main pod=crash_default/)
    assert.equal(pod.status.phase, 'Running')
    await remove('crash')
  })

  void test('a container that is killed from outside is started again', async () => {
    await bench.createPod('killed', { containers: [container()] })
    const pod = await bench.waitForPod('killed', isReady)
    const id = stateOf(pod)?.containerID?.replace('docker://', '') ?? ''
    const now = new AbortController()
    now.abort()
    await bench.runtime.stopContainer(id, now.signal)
    const again = await bench.waitForPod('killed', (p) => isReady(p) && stateOf(p)?.restartCount === 1)
    assert.equal(stateOf(again)?.lastState?.terminated?.exitCode, 137)
    assert.equal(again.status.podIP, pod.status.podIP)
    await remove('killed')
  })

  void test('[N8] a sandbox that dies takes its containers to a new one', async () => {
    await bench.createPod('moved', { containers: [container()] })
    const pod = await bench.waitForPod('moved', isReady)
    const [sandbox] = await bench.runtime.listSandboxes(pod.metadata.uid)
    assert.ok(sandbox)
    await bench.runtime.removeSandbox(sandbox.id)
    await bench.waitForPod('moved', (p) => isReady(p) && stateOf(p)?.restartCount === 1)
    assert.equal((await bench.runtime.listSandboxes(pod.metadata.uid)).length, 1)
    await remove('moved')
  })

  void test('[N10] a pod whose image is not there waits, saying so', async () => {
    await bench.createPod('never', { containers: [container({ image: 'quarterdeck/absent:1', imagePullPolicy: 'Never' })] })
    await bench.waitForPod('never', (p) => stateOf(p)?.state?.waiting?.reason === 'ErrImageNeverPull')
    await bench.createPod('unpullable', { containers: [container({ image: '127.0.0.1:1/absent:1', imagePullPolicy: 'Always' })] })
    await bench.waitForPod('unpullable', (p) => stateOf(p)?.state?.waiting?.reason === 'ErrImagePull')
    await bench.createPod('malformed', { containers: [container({ image: 'A//b' })] })
    await bench.waitForPod('malformed', (p) => stateOf(p)?.state?.waiting?.reason === 'InvalidImageName')
    for (const name of ['never', 'unpullable', 'malformed']) await remove(name)
  })

  void test('[N10] a pod waits for a config map that is not there yet', async () => {
    await bench.createPod('early', { containers: [container({ envFrom: [{ configMapRef: { name: 'late' } }] })] })
    await bench.waitForPod('early', (p) => stateOf(p)?.state?.waiting?.reason === 'CreateContainerConfigError')
    await bench.client.create(configMaps, { metadata: { name: 'late', namespace: 'default' }, data: { A: '1' } })
    await bench.waitForPod('early', isReady)
    await remove('early')
  })

  void test('[V6] a volume waits for its config map, is tried less and less often, and is there at once when that comes', async () => {
    await bench.createPod('mounting', {
      containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/file', subPath: 'A' }] })],
      volumes: [{ name: 'v', configMap: { name: 'mounted-late' } }],
    })
    const failures = async (): Promise<number> => {
      const { items } = await bench.client.list(events, { namespace: 'default', fieldSelector: 'reason=FailedMount' })
      return Math.max(0, ...items.map((event) => event.count ?? 1))
    }
    const startedAtMs = Date.now()
    while ((await failures()) < 4) await new Promise((resolve) => setTimeout(resolve, 25))
    // Half a second, one and two seconds, at least, lay between them.
    assert.ok(Date.now() - startedAtMs >= 3_000)
    await bench.client.create(configMaps, { metadata: { name: 'mounted-late', namespace: 'default' }, data: { A: 'late' } })
    const pod = await bench.waitForPod('mounting', isReady)
    assert.equal(await exec(pod, 'cat', '/file'), 'late')
    await remove('mounting')
  })

  void test('[N10] a command that is not in the image is a StartError', async () => {
    await bench.createPod('nocommand', { restartPolicy: 'Never', containers: [container({ command: ['/no/such'] })] })
    const pod = await bench.waitForPod('nocommand', (p) => p.status.phase === 'Failed')
    assert.equal(stateOf(pod)?.state?.terminated?.exitCode, 128)
    assert.equal(stateOf(pod)?.state?.terminated?.reason, 'StartError')
    await remove('nocommand')
  })

  void test('[N12] probes decide readiness and restarts', async () => {
    await bench.createPod('probed', {
      containers: [
        container({
          command: ['sh', '-c', 'mkdir /www; httpd -p 8080 -h /www; trap "exit 0" TERM; while true; do sleep 0.1; done'],
          readinessProbe: { httpGet: { path: '/ok', port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
          livenessProbe: { exec: { command: ['test', '!', '-e', '/sick'] }, periodSeconds: 1, failureThreshold: 1 },
          startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1, failureThreshold: 30 },
        }),
      ],
    })
    const pod = await bench.waitForPod('probed', (p) => stateOf(p)?.started === true)
    assert.equal(isReady(pod), false)
    await exec(pod, 'touch', '/www/ok')
    await bench.waitForPod('probed', isReady)
    await exec(pod, 'rm', '/www/ok')
    await bench.waitForPod('probed', (p) => !isReady(p))
    await exec(pod, 'touch', '/sick')
    await bench.waitForPod('probed', (p) => stateOf(p)?.restartCount === 1)
    await remove('probed')
  })

  void test('[N9] a deleted pod runs its preStop hook, and is killed when its time is up', async () => {
    await bench.client.create(configMaps, { metadata: { name: 'x', namespace: 'default' } })
    await bench.createPod('stubborn', {
      terminationGracePeriodSeconds: 1,
      containers: [
        container({
          command: ['sh', '-c', 'trap "" TERM; while true; do sleep 0.1; done'],
          lifecycle: { preStop: { exec: { command: ['touch', '/stopping'] } }, postStart: { exec: { command: ['touch', '/started'] } } },
        }),
      ],
    })
    const pod = await bench.waitForPod('stubborn', isReady)
    assert.equal(await exec(pod, 'ls', '/started'), '/started\n')
    await remove('stubborn')
  })

  void test('[N11] a pod that is over its deadline fails', async () => {
    await bench.createPod('late', { activeDeadlineSeconds: 1, containers: [container()] })
    const pod = await bench.waitForPod('late', (p) => p.status.phase === 'Failed')
    assert.equal(pod.status.reason, 'DeadlineExceeded')
    await remove('late')
  })

  void test('[N3] pods run on while the kubelet is away, and nothing is started twice when it comes back', async () => {
    await bench.createPod('stays', { containers: [container({ readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 } })] })
    await bench.createPod('goes', { containers: [container()] })
    const before = await bench.waitForPod('stays', isReady)
    const goes = await bench.waitForPod('goes', isReady)
    await bench.stop()
    await bench.client.delete(pods, { namespace: 'default', name: 'goes' }, { gracePeriodSeconds: 0 })
    await bench.start()
    while ((await bench.runtime.listContainers(goes.metadata.uid)).length > 0);
    const now = await bench.waitForPod('stays', isReady)
    assert.equal(stateOf(now)?.containerID, stateOf(before)?.containerID)
    assert.deepEqual(now.status, before.status)
    assert.equal((await bench.runtime.listContainers(now.metadata.uid)).length, 1)
    await remove('stays')
  })

  void test('[N20] the agent asked for nothing that a node has no right to', () => {
    assert.deepEqual(bench.refused, [])
  })
})
