import { nodes, type Node } from '@quarterdeck/api'
import { keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, type Controller, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { parseCidr } from './cidr.ts'
import { SubnetPool } from './subnet-pool.ts'

export interface NodeIpamOptions {
  /** Range that Pods of the whole cluster get their addresses from. Default 10.244.0.0/16. */
  clusterCidr?: string
  /** Prefix length of a node's share. Default 24. */
  nodePrefixLength?: number
}

/** Gives every node a range of Pod addresses of its own. A range is free again when its node is deleted. */
export function createNodeIpamController(options: NodeIpamOptions = {}): Controller {
  const cluster = parseCidr(options.clusterCidr ?? '10.244.0.0/16')
  const nodePrefixLength = options.nodePrefixLength ?? 24
  const newPool = (): SubnetPool => new SubnetPool(cluster, nodePrefixLength)
  newPool()
  return {
    name: 'node-ipam',
    run: (environment) => {
      let pool: SubnetPool | undefined
      return defineController({
        name: 'node-ipam',
        component: 'cidrAllocator',
        primary: nodes,
        writes: [nodes],
        concurrency: 32,
        reconcile: (key, ctx) => {
          // Every range in use must be known before the first is given out.
          pool ??= filled(newPool(), ctx.cache(nodes).list())
          return reconcile(key, ctx, pool)
        },
      }).run(environment)
    },
  }
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, pool: SubnetPool): Promise<ReconcileResult> {
  const node = ctx.cache(nodes).get(key)
  if (!node) {
    pool.release(key.name)
    return done
  }
  if (node.spec.podCIDR) {
    pool.hold(key.name, rangesOf(node))
    return done
  }
  if (!ctx.seesOwnWrites(key)) return done
  // Synchronous: two nodes are never given the same range.
  const podCIDR = pool.allocate(key.name)
  if (!podCIDR) {
    ctx.recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${key.name} status is now: CIDRNotAvailable`)
    throw new Error(`no range of Pod addresses is left for node ${key.name}`)
  }
  try {
    await ctx.client.patch(nodes, keyOf(node), { spec: { podCIDR, podCIDRs: [podCIDR] } }, { type: 'merge' })
  } catch (error) {
    pool.release(key.name)
    throw error
  }
  return done
}

function filled(pool: SubnetPool, all: readonly Node[]): SubnetPool {
  for (const node of all) pool.hold(node.metadata.name, rangesOf(node))
  return pool
}

const rangesOf = ({ spec }: Node): string[] => spec.podCIDRs ?? (spec.podCIDR ? [spec.podCIDR] : [])
