/** Durable creates, consistent reads and lists through REST: TLS, authentication, validation and all. */
import { configMaps, namespaces, pods } from '@quarterdeck/api'
import { createHttpClient } from '@quarterdeck/client'
import { request, Agent } from 'undici'

import { withApiServer } from '../lib/bench-cluster.ts'
import { latencyRow, timed } from '../lib/latencies.ts'

const seconds = 4
const writerCounts = [1, 16, 64, 256]
const listedPods = 10_000
const listRuns = 20

await withApiServer(async ({ url, ...credentials }) => {
  const client = createHttpClient({ url, ...credentials, userAgent: 'bench' })
  await client.create(namespaces, { metadata: { name: 'bench' } } as never)
  const data = { text: 'x'.repeat(1000) }
  let next = 0
  const create = () => client.create(configMaps, { metadata: { name: `c-${next++}`, namespace: 'bench' }, data })
  await timed(64, 1, create)

  const creates = []
  for (const writers of writerCounts) creates.push({ 'REST creates, writers': writers, ...(await timed(writers, seconds, create)) })
  console.table(creates)
  const gets = []
  for (const readers of [1, 64])
    gets.push({
      'REST consistent gets, readers': readers,
      ...(await timed(readers, seconds, (i) => client.get(configMaps, { namespace: 'bench', name: `c-${i % next}` }))),
    })
  console.table(gets)

  await fillPods()
  const dispatcher = new Agent({ connect: { ca: credentials.caPem, cert: credentials.certificatePem, key: credentials.keyPem } })
  const latencies: number[] = []
  let bytes = 0
  const start = performance.now()
  for (let i = 0; i < listRuns; i++) {
    const asked = performance.now()
    const { body } = await request(`${url}/api/v1/pods`, { dispatcher })
    bytes = (await body.arrayBuffer()).byteLength
    latencies.push(performance.now() - asked)
  }
  console.table([
    {
      [`consistent list of ${listedPods} pods, MB`]: Number((bytes / 1e6).toFixed(1)),
      ...latencyRow(latencies, (performance.now() - start) / 1000),
    },
  ])
  await dispatcher.close()
  await client.close()

  async function fillPods(): Promise<void> {
    let made = 0
    const worker = async (): Promise<void> => {
      while (made < listedPods) {
        const name = `p-${made++}`
        await client.create(pods, {
          metadata: { name, namespace: 'bench', labels: { app: 'bench' } },
          spec: { containers: [{ name: 'c', image: 'busybox:1', resources: { requests: { cpu: '10m' } } }] },
        } as never)
      }
    }
    await Promise.all(Array.from({ length: 64 }, worker))
  }
})
