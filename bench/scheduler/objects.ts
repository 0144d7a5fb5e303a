import type { Node, Pod } from '@quarterdeck/api'

/** What a workload varies of a node. */
export interface NodeShape {
  labels?: Record<string, string>
  allocatable?: Record<string, string>
}

export interface PodShape {
  labels?: Record<string, string>
  requests?: Record<string, string>
  spec?: Partial<Pod['spec']>
  namespace?: string
}

const meta = (name: string) => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
})

/** As in scheduler_perf: 4 CPUs, 32 GiB, 110 pods. */
export const benchNode = (name: string, { labels = {}, allocatable = {} }: NodeShape = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { ...meta(name), labels: { 'kubernetes.io/hostname': name, ...labels } },
  spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi', ...allocatable } },
})

/** As in scheduler_perf: 100m of CPU and 500 MB. */
export const benchPod = (name: string, { labels, requests = {}, spec = {}, namespace = 'default' }: PodShape = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta(name), namespace, ...(labels ? { labels } : {}) },
  spec: {
    schedulerName: 'default-scheduler',
    containers: [
      { name: 'c', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu: '100m', memory: '500Mi', ...requests } } },
    ],
    ...spec,
  },
  status: { phase: 'Pending' },
})
