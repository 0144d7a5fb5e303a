/** From creating a pod to seeing it Running, against `docker run` of the same two containers, one after the other. */
import { execFileSync } from 'node:child_process'

import { pods } from '@quarterdeck/api'
import { createHttpClient, readKubeconfig } from '@quarterdeck/client'
import { exampleImage, pauseImage } from '@quarterdeck/docker-runtime'
import { startProduct } from '@quarterdeck/testing'

import { latencyRow } from '../lib/latencies.ts'

const runs = 10
const command = ['sleep', '3600']

const product = await startProduct()
try {
  const client = createHttpClient({ ...(await readKubeconfig(product.kubeconfig)), userAgent: 'bench' })
  const asPods: number[] = []
  for (let i = 0; i < runs; i++) asPods.push(await podRun(`bench-${i}`))
  const byHand: number[] = []
  for (let i = 0; i < runs; i++) byHand.push(dockerRun(`quarterdeck-bench-${process.pid}-${i}`))
  console.table([
    { 'two containers': 'pod, created to Running', ...row(asPods) },
    { 'two containers': 'docker run, twice', ...row(byHand) },
  ])
  await client.close()

  async function podRun(name: string): Promise<number> {
    const stop = new AbortController()
    const start = performance.now()
    await client.create(pods, {
      metadata: { name, namespace: 'default' },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'c', image: exampleImage, imagePullPolicy: 'Never', command }] },
      status: {},
    })
    for await (const { object } of client.watch(pods, {
      namespace: 'default',
      fieldSelector: `metadata.name=${name}`,
      signal: stop.signal,
    })) {
      if ('status' in object && object.status.phase === 'Running') break
    }
    const elapsed = performance.now() - start
    stop.abort()
    await client.delete(pods, { namespace: 'default', name })
    return elapsed
  }
} finally {
  await product.destroy()
}

function dockerRun(name: string): number {
  const docker = (...args: string[]): void => void execFileSync('docker', args, { stdio: 'ignore' })
  const start = performance.now()
  docker('run', '-d', '--name', name, '--ipc', 'shareable', pauseImage)
  docker('run', '-d', '--name', `${name}-c`, '--network', `container:${name}`, '--ipc', `container:${name}`, exampleImage, ...command)
  const elapsed = performance.now() - start
  docker('rm', '-f', `${name}-c`, name)
  return elapsed
}

function row(latencies: number[]): Record<string, number> {
  const { 'per second': _, ...figures } = latencyRow(latencies, 1)
  return figures
}
