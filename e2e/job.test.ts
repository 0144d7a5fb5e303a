import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'

import { startCluster } from './lib/cluster.ts'
import { eventually } from './lib/eventually.ts'

const template = (script: string): string => `
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
        - name: main
          image: quarterdeck/busybox:latest
          imagePullPolicy: IfNotPresent
          command: [sh, -c, ${JSON.stringify(script)}]`

const job = (name: string, spec: string, script: string): string => `
apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  ${spec}
  template:${template(script)}
`
const cronJob = `
apiVersion: batch/v1
kind: CronJob
metadata: { name: tick }
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:${template('date').replaceAll('\n', '\n    ')}
`

const { kubectl } = await startCluster()

const docker = (...args: string[]): string => execFileSync('docker', args, { encoding: 'utf8' }).trim()

/** The container of a pod that is running now. */
function containerOf(pod: string): string {
  const filters = [`label=io.kubernetes.pod.name=${pod}`, `label=io.kubernetes.container.name=main`].flatMap((filter) => [
    '--filter',
    filter,
  ])
  return docker('ps', '--quiet', ...filters)
}

describe('Jobs of a cluster, on real containers', () => {
  test('[JB1] a Job of six counts exactly although some of its containers are killed', async () => {
    await kubectl.apply(cronJob)
    await kubectl.apply(job('six', 'completions: 6\n  parallelism: 3\n  backoffLimit: 10', 'sleep 3'))
    const running = await eventually(async () => {
      const names = (await kubectl('get', 'pods', '-l', 'job-name=six', '-o', 'jsonpath={.items[*].metadata.name}')).split(' ')
      const containers = names.map(containerOf).filter(Boolean)
      assert.equal(containers.length, 3)
      return containers
    })
    docker('kill', ...running.slice(0, 2))
    await kubectl('wait', 'job/six', '--for=condition=complete', '--timeout=120s')
    const status = await kubectl(
      'get',
      'job',
      'six',
      '-o',
      'jsonpath={.status.succeeded} {.status.failed} {.status.uncountedTerminatedPods}',
    )
    assert.equal(status, '6 2 {}')
    const phases = (await kubectl('get', 'pods', '-l', 'job-name=six', '-o', 'jsonpath={.items[*].status.phase}')).split(' ')
    assert.deepEqual(phases.toSorted(), [...Array<string>(2).fill('Failed'), ...Array<string>(6).fill('Succeeded')])
  })

  test('[JB10] each pod of an Indexed Job knows its index', async () => {
    await kubectl.apply(
      job('parts', 'completions: 3\n  parallelism: 3\n  completionMode: Indexed', 'echo $JOB_COMPLETION_INDEX $(hostname)'),
    )
    await kubectl('wait', 'job/parts', '--for=condition=complete', '--timeout=60s')
    const logs = await kubectl('logs', '-l', 'job-name=parts')
    assert.deepEqual(logs.trim().split('\n').toSorted(), ['0 parts-0', '1 parts-1', '2 parts-2'])
    assert.equal(await kubectl('get', 'job', 'parts', '-o', 'jsonpath={.status.completedIndexes}'), '0-2')
  })

  test('[CJ11] a CronJob runs on time', async () => {
    await eventually(async () =>
      assert.notEqual(await kubectl('get', 'cronjob', 'tick', '-o', 'jsonpath={.status.lastSuccessfulTime}'), ''),
    )
    const [scheduled = '', created = ''] = (
      await kubectl(
        'get',
        'jobs',
        '-o',
        String.raw`jsonpath={range .items[?(@.metadata.ownerReferences)]}{.metadata.annotations.batch\.kubernetes\.io/cronjob-scheduled-timestamp} {.metadata.creationTimestamp}{"\n"}{end}`,
      )
    ).split(/\s/)
    assert.match(scheduled, /:00Z$/)
    assert.ok(Date.parse(created) - Date.parse(scheduled) <= 5000, `${created} is late for ${scheduled}`)
  })
})
