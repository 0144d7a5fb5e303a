import assert from 'node:assert/strict'
import { test } from 'node:test'

import { realClock } from '@quarterdeck/controller-runtime'

import { startKubectl } from './testing/kubectl.ts'
import { scriptPods } from './testing/scripted-pods.ts'
import { startCluster } from './testing/test-cluster.ts'

test('[JO6] kubectl creates Jobs and CronJobs, waits for them, describes them and deletes them with their pods', async (t) => {
  const cluster = await startCluster(t)
  cluster.startWorker()
  const script = scriptPods(cluster.client, () => 0, realClock)
  t.after(() => script.stop())
  const kubectl = await startKubectl(t, cluster.server)

  await kubectl('create job pi --image=perl -- true')
  assert.match(await kubectl('wait --for=condition=complete job/pi --timeout=20s'), /job.batch\/pi condition met/)
  assert.match(await kubectl('get job pi'), /^NAME +STATUS +COMPLETIONS +DURATION +AGE\npi +Complete +1\/1 +\d+s +\d+s\n$/)
  assert.match(await kubectl('get jobs -o wide'), /CONTAINERS +IMAGES +SELECTOR\npi .* pi +perl +batch.kubernetes.io\/controller-uid=/)
  assert.match(await kubectl('get jobs --field-selector status.successful=1 -o name'), /^job.batch\/pi$/m)
  const described = await kubectl('describe job pi')
  assert.match(described, /Selector: +batch.kubernetes.io\/controller-uid=/)
  assert.match(described, /Pods Statuses: +0 Active \(0 Ready\) \/ 1 Succeeded \/ 0 Failed/)
  await cluster.eventually('its events', async () => {
    const text = await kubectl('describe job pi')
    return /SuccessfulCreate .*Created pod: pi-/.test(text) && /Completed .*Job completed/.test(text)
  })

  await kubectl('create cronjob tick --image=busybox --schedule=@hourly -- true')
  assert.match(
    await kubectl('get cronjob'),
    /^NAME +SCHEDULE +TIMEZONE +SUSPEND +ACTIVE +LAST SCHEDULE +AGE\ntick +@hourly +<none> +False +0 +<none> +\d+s\n$/,
  )
  assert.match(await kubectl('get cj -o wide'), /CONTAINERS +IMAGES +SELECTOR\ntick .* tick +busybox +<none>\n$/)
  await kubectl('create job now --from=cronjob/tick')
  await kubectl('wait --for=condition=complete job/now --timeout=20s')
  assert.match(await kubectl('describe job now'), /Annotations: +cronjob.kubernetes.io\/instantiate: manual/)
  await cluster.eventually(
    'the time of success',
    async () => (await kubectl('get cronjob tick -o jsonpath={.status.lastSuccessfulTime}')) !== '',
  )
  assert.match(await kubectl('describe cronjob tick'), /Schedule: +@hourly\nConcurrency Policy: +Allow\nSuspend: +False/)

  await kubectl('delete job pi')
  await cluster.eventually('its pod to go', async () => (await kubectl('get pods -l job-name=pi -o name')) === '')
  await kubectl('delete cronjob tick')
  await cluster.eventually('its Job to go', async () => (await kubectl('get jobs -o name')) === '')
})
