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

export function podOf(name: string, spec: Partial<Pod['spec']> & { requests?: Record<string, string> } = {}): Pod {
  const { requests, ...rest } = spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { containers: [{ name: 'c', image: 'web', ...(requests ? { resources: { requests } } : {}) }], ...rest },
    status: { phase: 'Pending' },
  }
}

export function infoOf(node: Node, pods: readonly Pod[] = []): CachedNode {
  const info = new CachedNode(node)
  for (const pod of pods) info.add(podInfoOf(pod))
  return info
}

export const podInfo = (name: string, spec?: Parameters<typeof podOf>[1]): PodInfo => podInfoOf(podOf(name, spec))
