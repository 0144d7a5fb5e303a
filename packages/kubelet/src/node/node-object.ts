import type { Node, V1NodeCondition, V1NodeStatus } from '@quarterdeck/api'
import { type Draft, timestamp } from '@quarterdeck/api-machinery'
import type { RuntimeImage, RuntimeInfo } from '@quarterdeck/runtime'

import type { Machine } from './machine.ts'
import type { Pressure } from './pressure.ts'

export const kubeletVersion = 'v1.36.0'
const maxPods = 110
/** As many as Kubernetes lists by default, the largest first. */
const maxImages = 50
const maxNamesPerImage = 5

export interface NodeFacts {
  name: string
  addresses: readonly string[]
  machine: Machine
  info: RuntimeInfo
  images: readonly RuntimeImage[]
  /** Why the node cannot run pods; undefined when it can. */
  notReady: string | undefined
  pressures: ReadonlySet<Pressure>
  nowMs: number
}

/** A node as it first registers. Its status follows through the status subresource. */
export function newNode(facts: NodeFacts, options: { labels: Record<string, string>; annotations: Record<string, string> }): Draft<Node> {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: facts.name, labels: { ...ownLabels(facts), ...options.labels }, annotations: options.annotations },
    spec: {},
    status: nodeStatusOf(facts, {}),
  }
}

export function ownLabels({ name, info }: NodeFacts): Record<string, string> {
  return {
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': info.os,
    'kubernetes.io/arch': info.architecture,
    'beta.kubernetes.io/os': info.os,
    'beta.kubernetes.io/arch': info.architecture,
  }
}

export function allocatableOf(machine: Machine, info: RuntimeInfo): Record<string, string> {
  return {
    cpu: String(info.cpus),
    memory: `${Math.floor(info.memoryBytes / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor(machine.diskBytes / 1024)}Ki`,
    pods: String(maxPods),
  }
}

/** `before` gives the times of conditions that did not change, and what others wrote. */
export function nodeStatusOf(facts: NodeFacts, before: V1NodeStatus): V1NodeStatus {
  const { machine, info } = facts
  const amounts = allocatableOf(machine, info)
  return {
    ...before,
    capacity: { ...before.capacity, ...amounts },
    allocatable: { ...before.allocatable, ...amounts },
    conditions: conditionsOf(facts, before.conditions ?? []),
    addresses: [...facts.addresses.map((address) => ({ type: 'InternalIP', address })), { type: 'Hostname', address: facts.name }],
    nodeInfo: {
      machineID: machine.machineId,
      systemUUID: machine.systemUuid,
      bootID: machine.bootId,
      kernelVersion: info.kernelVersion,
      osImage: info.osImage,
      containerRuntimeVersion: `${info.name}://${info.version}`,
      kubeletVersion,
      kubeProxyVersion: '',
      operatingSystem: info.os,
      architecture: info.architecture,
    },
    images: facts.images
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, maxImages)
      .map((image) => ({ names: image.names.slice(0, maxNamesPerImage), sizeBytes: image.sizeBytes })),
  }
}

type Verdict = Pick<V1NodeCondition, 'type' | 'status' | 'reason' | 'message'>

function conditionsOf(facts: NodeFacts, before: readonly V1NodeCondition[]): V1NodeCondition[] {
  const now = timestamp(new Date(facts.nowMs))
  const own = verdictsOf(facts).map((verdict) => {
    const old = before.find((condition) => condition.type === verdict.type)
    const lastTransitionTime = old?.status === verdict.status ? (old.lastTransitionTime ?? now) : now
    return { ...verdict, lastHeartbeatTime: now, lastTransitionTime }
  })
  const types = new Set(own.map((condition) => condition.type))
  return [...before.filter((condition) => !types.has(condition.type)), ...own]
}

const pressureTexts: Readonly<Record<Pressure, Record<'True' | 'False', { reason: string; message: string }>>> = {
  MemoryPressure: {
    True: { reason: 'KubeletHasInsufficientMemory', message: 'kubelet has insufficient memory available' },
    False: { reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
  },
  DiskPressure: {
    True: { reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' },
    False: { reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
  },
  PIDPressure: {
    True: { reason: 'KubeletHasInsufficientPID', message: 'kubelet has insufficient PID available' },
    False: { reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
  },
}

function verdictsOf({ notReady, pressures }: NodeFacts): Verdict[] {
  return [
    ...(Object.keys(pressureTexts) as Pressure[]).map((type): Verdict => {
      const status = pressures.has(type) ? 'True' : 'False'
      return { type, status, ...pressureTexts[type][status] }
    }),
    notReady === undefined
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: notReady },
  ]
}

const eventReasons: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { True: 'NodeReady', False: 'NodeNotReady' },
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
  PIDPressure: { True: 'NodeHasInsufficientPID', False: 'NodeHasSufficientPID' },
}

/** Reasons of the events that tell of conditions which changed. */
export function changesOf(before: readonly V1NodeCondition[] = [], now: readonly V1NodeCondition[] = []): string[] {
  return now
    .filter(({ type, status }) => before.find((condition) => condition.type === type)?.status !== status)
    .flatMap(({ type, status }) => eventReasons[type]?.[status] ?? [])
}

/** The reason of the event that tells of a cordon or its end; undefined while nothing changed. */
export function cordonChange(wasCordoned: boolean, isCordoned: boolean): string | undefined {
  if (wasCordoned === isCordoned) return undefined
  return isCordoned ? 'NodeNotSchedulable' : 'NodeSchedulable'
}
