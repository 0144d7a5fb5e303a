import { isDeepStrictEqual } from 'node:util'

import { leases, nodes, pods, type Node, type Pod } from '@quarterdeck/api'
import { isApiError, timestamp, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  index,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import {
  defaultHealthOptions,
  heartbeatOf,
  readyOf,
  silenceLeftMs,
  unknownConditions,
  type Heartbeat,
  type HealthOptions,
} from './node-health.ts'
import { haveSameTaints, taintsOf, type Eviction } from './node-taints.ts'
import { ZoneHealth } from './zone-health.ts'

/** Where nodes renew their Leases. */
const leaseNamespace = 'kube-node-lease'
export const podsByNode = 'node'
/** How soon a node that is not ready is looked at again: its turn may have come, or the whole cluster may have been cut off. */
const unreadyRetryMs = 5_000

/** What a term of leadership remembers of the nodes. */
interface Memory {
  heartbeats: Map<string, Heartbeat>
  /** Absent until the first node is looked at. */
  zones: ZoneHealth | undefined
}

/** Marks nodes that are no longer heard of, and taints nodes by their conditions so that their Pods move elsewhere. */
export function createNodeLifecycleController(options: Partial<HealthOptions> = {}): Controller {
  const health = { ...defaultHealthOptions, ...options }
  return {
    name: 'node-lifecycle',
    run: (environment) => {
      const memory: Memory = { heartbeats: new Map(), zones: undefined }
      return defineController({
        name: 'node-lifecycle',
        component: 'node-controller',
        primary: nodes,
        watches: [
          watch(leases, ({ object }) =>
            object.metadata.namespace === leaseNamespace ? [{ namespace: '', name: object.metadata.name }] : [],
          ),
        ],
        reads: [pods],
        indexes: [index(pods, podsByNode, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))],
        writes: [nodes, pods],
        reconcile: (key, ctx) => reconcile(key, ctx, { memory, health }),
      }).run(environment)
    },
  }
}

async function reconcile(
  key: ObjectKey,
  ctx: ReconcileContext,
  { memory, health }: { memory: Memory; health: HealthOptions },
): Promise<ReconcileResult> {
  const node = ctx.cache(nodes).get(key)
  const nowMs = ctx.clock.now()
  const zones = (memory.zones ??= zonesOf(ctx.cache(nodes).list()))
  const before = memory.heartbeats.get(key.name)
  if (!node) {
    zones.forget(key.name)
    if (memory.heartbeats.delete(key.name)) forgotten(key.name, ctx)
    return done
  }
  if (!ctx.seesOwnWrites(key)) return done
  const lease = ctx.cache(leases).get({ namespace: leaseNamespace, name: key.name })
  const heartbeat = heartbeatOf(node, lease, { before, nowMs })
  memory.heartbeats.set(key.name, heartbeat)
  if (!before)
    ctx.recorder.event(target(node), 'Normal', 'RegisteredNode', `Node ${key.name} event: Registered Node ${key.name} in Controller`)

  const leftMs = silenceLeftMs(node, heartbeat, { options: health, nowMs })
  const observed = leftMs === 0 ? await markUnknown(node, ctx) : node
  zones.observe(observed)
  const eviction = evictionOf(observed, { heartbeats: memory.heartbeats, zones }, ctx)
  await taint(observed, eviction === 'wait' ? keptEviction(observed) : eviction, ctx)
  const ready = readyOf(observed)
  if (ready?.status === 'True') return again(leftMs)
  if (ready) await markPodsNotReady(observed, ctx)
  return again(leftMs > 0 ? Math.min(leftMs, unreadyRetryMs) : unreadyRetryMs)
}

function zonesOf(all: readonly Node[]): ZoneHealth {
  const zones = new ZoneHealth()
  for (const node of all) zones.observe(node)
  return zones
}

async function markUnknown(node: Node, ctx: ReconcileContext): Promise<Node> {
  const conditions = unknownConditions(node, ctx.clock.now())
  if (isDeepStrictEqual(conditions, node.status.conditions)) return node
  if (readyOf(node)?.status === 'True') {
    ctx.recorder.event(target(node), 'Normal', 'NodeNotReady', `Node ${node.metadata.name} status is now: NodeNotReady`)
  }
  return ctx.client.update(nodes, { ...node, status: { ...node.status, conditions } }, { subresource: 'status' })
}

/** Whether this node's Pods may be evicted now, or must wait until others had their turn. */
function evictionOf(
  node: Node,
  { heartbeats, zones }: { heartbeats: Memory['heartbeats']; zones: ZoneHealth },
  ctx: ReconcileContext,
): Eviction | 'wait' {
  const { isCutOff, changed } = zones.cutOff()
  if (changed) {
    ctx.log.info(isCutOff ? 'no node is ready: nothing is evicted until one is' : 'a node is ready again: evictions go on')
    if (!isCutOff) beginAnew(heartbeats, ctx.clock.now())
  }
  if (readyOf(node)?.status === 'True') return 'allowed'
  if (isCutOff) return 'not allowed'
  if (keptEviction(node) === 'allowed') return 'allowed'
  return zones.takeTurn(node, ctx.clock.now()) ? 'allowed' : 'wait'
}

/** Once the cluster is heard of again, each node has a full grace period to be heard of too. */
function beginAnew(heartbeats: Map<string, Heartbeat>, heardAtMs: number): void {
  for (const [name, heartbeat] of heartbeats) heartbeats.set(name, { ...heartbeat, heardAtMs })
}

/** What its taints say was decided before. */
const keptEviction = (node: Node): Eviction => (node.spec.taints?.some(({ effect }) => effect === 'NoExecute') ? 'allowed' : 'not allowed')

async function taint(node: Node, eviction: Eviction, ctx: ReconcileContext): Promise<void> {
  const taints = taintsOf(node, eviction, ctx.clock.now())
  if (haveSameTaints(taints, node.spec.taints ?? [])) return
  await ctx.client.update(nodes, { ...node, spec: { ...node.spec, taints } })
}

/** Endpoints must not lead to Pods of which nothing is known. */
async function markPodsNotReady(node: Node, ctx: ReconcileContext): Promise<void> {
  for (const pod of ctx.cache(pods).byIndex(podsByNode, node.metadata.name)) {
    const ready = pod.status.conditions?.find(({ type }) => type === 'Ready')
    if (ready?.status !== 'True') continue
    await markNotReady(pod, ctx)
  }
}

async function markNotReady(pod: Pod, ctx: ReconcileContext): Promise<void> {
  const lastTransitionTime = timestamp(new Date(ctx.clock.now()))
  const conditions = (pod.status.conditions ?? []).map((condition) =>
    condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime } : condition,
  )
  ctx.recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
  try {
    await ctx.client.update(pods, { ...pod, status: { ...pod.status, conditions } }, { subresource: 'status' })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}

function forgotten(name: string, ctx: ReconcileContext): void {
  const gone = { apiVersion: nodes.apiVersion, kind: nodes.kind, metadata: { name, uid: name } }
  ctx.recorder.event(gone, 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
}

const target = (node: Node) => ({
  apiVersion: nodes.apiVersion,
  kind: nodes.kind,
  metadata: { name: node.metadata.name, uid: node.metadata.uid },
})
