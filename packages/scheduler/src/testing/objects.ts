import type { Node, Pod } from '@quarterdeck/api'

import { CachedNode } from '../cache/node-info.ts'
import { podInfoOf, type PodInfo } from '../cache/pod-info.ts'

export interface NodeShape {
  allocatable?: Record<string, string>
  labels?: Record<string, string>
  spec?: Node['spec']
  images?: NonNullable<Node['status']['images']>
}

export function nodeOf(name: string, shape: NodeShape = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z', labels: shape.labels ?? {} },
    spec: shape.spec ?? {},
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...shape.allocatable },
      ...(shape.images ? { images: shape.images } : {}),
    },
  }
}

export type PodShape = Partial<Pod['spec']> & {
  requests?: Record<string, string>
  labels?: Record<string, string>
  namespace?: string
  deletionTimestamp?: string
}

/** A pending Pod. */
export function podOf(name: string, shape: PodShape = {}): Pod {
  const { requests, labels, namespace = 'default', deletionTimestamp, ...spec } = shape
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...(labels ? { labels } : {}),
      ...(deletionTimestamp ? { deletionTimestamp } : {}),
    },
    spec: { containers: [{ name: 'c', image: 'web', ...(requests ? { resources: { requests } } : {}) }], ...spec },
    status: { phase: 'Pending' },
  }
}

/** As the server shows a Pod that is bound. */
export const placed = (pod: Pod, nodeName: string): Pod => ({ ...pod, spec: { ...pod.spec, nodeName } })

export function infoOf(node: Node, pods: readonly Pod[] = []): CachedNode {
  const info = new CachedNode(node)
  for (const pod of pods) info.add(podInfoOf(pod))
  return info
}

export const podInfo = (name: string, shape?: PodShape): PodInfo => podInfoOf(podOf(name, shape))
