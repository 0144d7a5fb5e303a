import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { configMaps, nodes, type Pod, pods, serviceAccounts, services, type V1PodSpec } from '@quarterdeck/api'
import { type Draft, isApiError } from '@quarterdeck/api-machinery'
import {
  apiServerUser,
  type Authorizer,
  createApiServer,
  denialOf,
  nodeNameOf,
  nodesGroup,
  nodeUserPrefix,
  openAuthorizer,
} from '@quarterdeck/apiserver'
import type { Client } from '@quarterdeck/client'
import { createInformer, createLogger, silentLogger } from '@quarterdeck/controller-runtime'
import { connectEngine, createDockerRuntime, ensureExampleImage } from '@quarterdeck/docker-runtime'
import type { ContainerRuntime } from '@quarterdeck/runtime'
import { createMemoryStore } from '@quarterdeck/storage'

import { type Kubelet, startKubelet } from '../kubelet.ts'

/** A node on the real engine under a real API server in this process: what the kubelet's integration tests stand on. */
export interface NodeBench {
  /** An administrator's client. */
  client: Client
  runtime: ContainerRuntime
  nodeName: string
  dataDir: string
  /** What the agent asked for and had no right to. */
  refused: readonly string[]
  kubelet(): Kubelet
  /** With `through` in place of the runtime, if given. */
  start(through?: ContainerRuntime): Promise<void>
  /** Stops the kubelet and leaves its pods. */
  stop(): Promise<void>
  /** A pod that is already assigned to the node. */
  createPod(name: string, spec: Partial<V1PodSpec> & Pick<V1PodSpec, 'containers'>, metadata?: Draft<Pod>['metadata']): Promise<Pod>
  /** Resolves with the pod once it is as wanted; fails with its last state after 30 s. */
  waitForPod(name: string, isWanted: (pod: Pod) => boolean): Promise<Pod>
  waitForGone(name: string): Promise<void>
  close(): Promise<void>
}

const patienceMs = 30_000

export async function createNodeBench(podCidr: string): Promise<NodeBench> {
  const made = await ensureExampleImage(connectEngine())
  assert.ok(typeof made === 'string', JSON.stringify(made))
  const store = createMemoryStore()
  const refused: string[] = []
  const { chain } = await openAuthorizer(store)
  const server = await createApiServer({ store, authorizer: noting(chain, refused) })
  const client = server.clientFor(apiServerUser, 'test')
  const nodeName = `n-${randomUUID().slice(0, 8)}`
  const agent = server.clientFor({ name: nodeUserPrefix + nodeName, groups: [nodesGroup, 'system:authenticated'] }, 'agent')
  // The API server makes these itself, or leaves them to controllers that do not run here.
  const unlessThere = (error: unknown) => (isApiError(error, 'AlreadyExists') ? undefined : Promise.reject(error))
  await client.create(serviceAccounts, { metadata: { name: 'default', namespace: 'default' } }).catch(unlessThere)
  await client
    .create(configMaps, { metadata: { name: 'kube-root-ca.crt', namespace: 'default' }, data: { 'ca.crt': 'PEM' } })
    .catch(unlessThere)
  const runtime = await createDockerRuntime({ agentId: `t${randomUUID().slice(0, 8)}` })
  const dataDir = await mkdtemp(join(tmpdir(), 'quarterdeck-node-'))
  const all = new AbortController()
  let stopping = new AbortController()
  let kubelet: Kubelet | undefined

  const get = (name: string) => client.get(pods, { namespace: 'default', name })

  async function until<T>(what: string, look: () => Promise<T | undefined>, describe: () => Promise<string>): Promise<T> {
    const giveUpAtMs = Date.now() + patienceMs
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      if (Date.now() > giveUpAtMs) throw new Error(`${what} did not come true: ${await describe()}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  const bench: NodeBench = {
    client,
    runtime,
    nodeName,
    dataDir,
    refused,
    kubelet: () => {
      assert.ok(kubelet)
      return kubelet
    },
    async start(through = runtime) {
      stopping = new AbortController()
      const { signal } = stopping
      kubelet = await startKubelet({
        client: agent,
        runtime: through,
        nodeName,
        dataDir,
        services: createInformer(agent, services, { signal }),
        clusterDns: { address: '10.96.0.10', domain: 'cluster.local' },
        log: process.env['NODE_BENCH_LOG'] ? createLogger('kubelet') : silentLogger,
        signal,
      })
      await kubelet.started
      const node = await client.get(nodes, { namespace: '', name: nodeName })
      if (!node.spec.podCIDR)
        await client.patch(nodes, { namespace: '', name: nodeName }, { spec: { podCIDR: podCidr, podCIDRs: [podCidr] } }, { type: 'merge' })
    },
    async stop() {
      stopping.abort()
      await kubelet?.stopped
    },
    createPod: (name, spec, metadata) =>
      client.create(pods, {
        metadata: { namespace: 'default', ...metadata, name },
        spec: { nodeName, terminationGracePeriodSeconds: 5, ...spec },
      } as Draft<Pod>),
    waitForPod: (name, isWanted) =>
      until(
        `pod ${name}`,
        async () => {
          const pod = await get(name)
          return isWanted(pod) ? pod : undefined
        },
        async () => JSON.stringify((await get(name)).status, undefined, 1),
      ),
    waitForGone: (name) =>
      until(
        `the end of pod ${name}`,
        async () =>
          (await get(name).catch((error: unknown) => (isApiError(error, 'NotFound') ? undefined : Promise.reject(error))))
            ? undefined
            : true,
        async () => JSON.stringify(await get(name)),
      ).then(() => undefined),
    async close() {
      stopping.abort()
      all.abort()
      await kubelet?.stopped
      await runtime.teardown()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  return bench
}

/** Notes what nodes are refused. */
function noting(chain: Authorizer, refused: string[]): Authorizer {
  return {
    ...chain,
    async authorize(attributes) {
      const answer = await chain.authorize(attributes)
      if (answer.decision !== 'allow' && nodeNameOf(attributes.user) !== undefined) refused.push(denialOf(attributes, answer.reason))
      return answer
    },
  }
}
