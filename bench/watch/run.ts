/** How far watchers lag behind writes: 100 watches over TLS while 500 objects a second are written through REST. */
import { setTimeout as delay } from 'node:timers/promises'

import { configMaps } from '@quarterdeck/api'
import { createHttpClient } from '@quarterdeck/client'
import { Agent, request } from 'undici'

import { withApiServer } from '../lib/bench-cluster.ts'
import { latencyRow } from '../lib/latencies.ts'

const watcherCount = 100
const writesPerSecond = 500
const seconds = 8
const objectCount = 200
const settleMs = 1_000

await withApiServer(async ({ url, ...credentials }) => {
  const writer = createHttpClient({ url, ...credentials, userAgent: 'bench' })
  const dispatcher = new Agent({
    connect: { ca: credentials.caPem, cert: credentials.certificatePem, key: credentials.keyPem },
    bodyTimeout: 0,
  })
  for (let i = 0; i < objectCount; i++)
    await writer.create(configMaps, { metadata: { name: `w-${i}`, namespace: 'default' }, data: { sent: '0' } })
  const { metadata } = await writer.list(configMaps, { namespace: 'default', limit: 1 })

  const sinceSent: number[] = []
  const sinceAcknowledged: number[] = []
  const acknowledged = new Map<string, number>()
  const received: [version: string, at: number][] = []
  const stop = new AbortController()
  // Only what is measured is read out of an event: parsing them all would cost the machine more than serving them.
  const watching = Array.from({ length: watcherCount }, async () => {
    const path = `/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=${metadata.resourceVersion}`
    const { body } = await request(url + path, { dispatcher, signal: stop.signal })
    let rest = ''
    body.setEncoding('utf8')
    for await (const chunk of body as AsyncIterable<string>) {
      const at = performance.now()
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        sinceSent.push(at - Number(valueIn(line, '"sent":"')))
        received.push([valueIn(line, '"resourceVersion":"'), at])
      }
    }
  })
  await delay(settleMs)

  const start = performance.now()
  const writes: Promise<void>[] = []
  for (let i = 0; performance.now() - start < seconds * 1000; i++) {
    writes.push(write(i))
    const due = start + ((i + 1) * 1000) / writesPerSecond
    if (due > performance.now()) await delay(due - performance.now())
  }
  await Promise.all(writes)
  const elapsed = (performance.now() - start) / 1000
  await delay(settleMs)
  stop.abort()
  await Promise.allSettled(watching)
  for (const [version, at] of received) sinceAcknowledged.push(Math.max(0, at - (acknowledged.get(version) ?? at)))
  console.table([
    { [`${watcherCount} watchers, ${writesPerSecond} writes/s`]: 'events since the write was sent', ...latencyRow(sinceSent, elapsed) },
    {
      [`${watcherCount} watchers, ${writesPerSecond} writes/s`]: 'events since it was acknowledged',
      ...latencyRow(sinceAcknowledged, elapsed),
    },
  ])
  console.log(
    `${writes.length} writes, ${sinceSent.length} events of ${writes.length * watcherCount} expected; server and load generator share 2 cores`,
  )
  await dispatcher.destroy()
  await writer.close()

  async function write(i: number): Promise<void> {
    const sent = performance.now()
    const name = `w-${i % objectCount}`
    const written = await writer.patch(configMaps, { namespace: 'default', name }, { data: { sent: String(sent) } }, { type: 'merge' })
    acknowledged.set(written.metadata.resourceVersion, performance.now())
  }
})

function valueIn(line: string, key: string): string {
  const start = line.indexOf(key) + key.length
  return line.slice(start, line.indexOf('"', start))
}
