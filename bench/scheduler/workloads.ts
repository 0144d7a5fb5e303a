import type { Node, Pod, V1PodAffinityTerm } from '@quarterdeck/api'

import { benchNode, benchPod, type PodShape } from './objects.ts'

/** One of scheduler_perf's workloads, by its shape: nodes, pods that are there, and pods that are measured. */
export interface Workload {
  name: string
  node(index: number): Node
  /** Placed before the clock starts. */
  there?: { count: number; pod(index: number): Pod }
  /** Wait all the time and fit nowhere. */
  unschedulable?: { count: number; pod(index: number): Pod }
  measured: { count: number; pod(index: number): Pod }
  /** Nodes that come and go, and pods that go, meanwhile. */
  churns?: boolean
}

const zones = ['zone1', 'zone2', 'zone3'] as const
const zoned = (index: number): Node =>
  benchNode(`node-${index}`, { labels: { 'topology.kubernetes.io/zone': zones[index % zones.length]! } })
const inOneZone = (index: number): Node => benchNode(`node-${index}`, { labels: { 'topology.kubernetes.io/zone': 'zone1' } })
const plain = (index: number): Node => benchNode(`node-${index}`)
const named = (prefix: string, shape?: PodShape) => (index: number) => benchPod(`${prefix}-${index}`, shape)

const term = (topologyKey: string, labels: Record<string, string>): V1PodAffinityTerm => ({
  topologyKey,
  labelSelector: { matchLabels: labels },
})
const hostname = 'kubernetes.io/hostname'
const zone = 'topology.kubernetes.io/zone'

const nodeAffinity: PodShape = {
  spec: {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: 'In', values: ['zone1', 'zone2'] }] }],
        },
      },
    },
  },
}
const green = { color: 'green' }
const blue = { color: 'blue' }
const red = { color: 'red' }
const yellow = { color: 'yellow' }
const antiAffinity: PodShape = {
  labels: green,
  spec: { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(hostname, green)] } } },
}
const affinity: PodShape = {
  labels: blue,
  spec: { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(zone, blue)] } } },
}
const preferredAffinity: PodShape = {
  labels: red,
  spec: {
    affinity: { podAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(hostname, red) }] } },
  },
}
const preferredAntiAffinity: PodShape = {
  labels: yellow,
  spec: {
    affinity: {
      podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(hostname, yellow) }] },
    },
  },
}
const spread = (whenUnsatisfiable: string): PodShape => ({
  labels: blue,
  spec: { topologySpreadConstraints: [{ maxSkew: 5, topologyKey: zone, whenUnsatisfiable, labelSelector: { matchLabels: blue } }] },
})
/** No kubelet is there to end them. */
const unimportant: PodShape = { requests: { cpu: '900m' }, spec: { terminationGracePeriodSeconds: 0 } }
const important: PodShape = { requests: { cpu: '3' }, spec: { priority: 10, priorityClassName: 'important' } }
const tooLarge: PodShape = { requests: { cpu: '9', memory: '500Mi' } }

const same = (name: string, node: Workload['node'], shape: PodShape | undefined, counts: [there: number, measured: number]): Workload => ({
  name,
  node,
  there: { count: counts[0], pod: named('there', shape) },
  measured: { count: counts[1], pod: named('measured', shape) },
})

/** Sizes as scheduler_perf has them for 5,000 nodes. */
export const workloads: readonly Workload[] = [
  same('basic', plain, undefined, [1000, 10_000]),
  same('node-affinity', inOneZone, nodeAffinity, [5000, 10_000]),
  same('pod-anti-affinity', plain, antiAffinity, [1000, 2000]),
  same('pod-affinity', inOneZone, affinity, [5000, 5000]),
  same('preferred-pod-affinity', plain, preferredAffinity, [5000, 5000]),
  same('preferred-pod-anti-affinity', plain, preferredAntiAffinity, [5000, 5000]),
  same('topology-spread', zoned, spread('DoNotSchedule'), [5000, 5000]),
  same('preferred-topology-spread', zoned, spread('ScheduleAnyway'), [5000, 5000]),
  {
    name: 'preemption',
    node: plain,
    there: { count: 20_000, pod: named('there', unimportant) },
    measured: { count: 5000, pod: named('measured', important) },
  },
  {
    name: 'unschedulable',
    node: plain,
    unschedulable: { count: 10_000, pod: named('large', tooLarge) },
    measured: { count: 1000, pod: named('measured') },
  },
  {
    name: 'mixed-churn',
    node: zoned,
    there: { count: 5000, pod: named('there') },
    measured: {
      count: 10_000,
      pod: (index) => {
        const shapes = [undefined, nodeAffinity, affinity, preferredAntiAffinity, spread('DoNotSchedule')]
        return benchPod(`measured-${index}`, shapes[index % shapes.length])
      },
    },
    churns: true,
  },
]
