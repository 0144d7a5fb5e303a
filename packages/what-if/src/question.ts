import { z } from 'zod'

const name = z.string().min(1).max(253)

/** The kinds that a question can scale: `KIND.GROUP` as kubectl takes it. */
export const scalableKinds = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'] as const

export const stepSchema = z.discriminatedUnion('action', [
  /** As `kubectl drain`: within disruption budgets. */
  z.object({ action: z.literal('drain'), node: name }),
  /** As if the machine broke, and its Node were removed. */
  z.object({ action: z.literal('lose'), node: name }),
  z.object({
    action: z.literal('scale'),
    kind: z.enum(scalableKinds),
    namespace: name,
    name,
    replicas: z.int().min(0).max(10_000),
  }),
  /** Nodes of the same make, with what DaemonSets run there. */
  z.object({ action: z.literal('add'), like: name, count: z.int().min(1).max(100) }),
])

/** What is to happen, one step after the other; each ends when nothing more happens by itself. */
export const questionSchema = z.object({ steps: z.array(stepSchema).min(1).max(10) })

export type Step = z.output<typeof stepSchema>
export type WhatIfQuestion = z.output<typeof questionSchema>

/** A Pod, by names. */
export interface PodName {
  namespace: string
  name: string
}

/** A Pod that would come, or come back, or get its node at last. */
export interface MovedPod extends PodName {
  /** `Kind namespace/name` of what makes it; a ReplicaSet's Deployment counts. Absent: nobody. */
  owner?: string | undefined
  /** `waiting`: it waits already. */
  because: 'drain' | 'lost node' | 'scale' | 'preemption' | 'waiting'
  /** The node it leaves. */
  from?: string | undefined
}

export interface LandedPod extends MovedPod {
  node: string
}

export interface StuckPod extends MovedPod {
  /** As in the FailedScheduling event. */
  message: string
  /** How many nodes each plugin is the first to reject. */
  summary: { plugin: string; reasons: readonly string[]; nodes: number }[]
}

export interface PreemptedPod extends PodName {
  node: string
  /** The Pod that takes its place, as `namespace/name`. */
  by: string
}

export interface BlockedPod extends PodName {
  node: string
  owner?: string | undefined
  /** Names of the budgets. */
  budgets: string[]
  /** With figures: `web needs 2 healthy pods and has 2`. */
  message: string
}

/** A Pod that would not come back, or stay where it is. */
export interface EndedPod extends PodName {
  node: string
  owner?: string | undefined
  why:
    | 'daemon-set'
    | 'static'
    /** Nothing makes another in its place. */
    | 'unmanaged'
    /** Fewer are wanted. */
    | 'scaled down'
}

export interface Use {
  milliCpu: number
  memoryBytes: number
  pods: number
}

export interface NodeUse {
  node: string
  /** `gone`: it would not be there any more. */
  state: 'stays' | 'new' | 'gone' | 'cordoned'
  allocatable: Use
  /** What Pods request. */
  before: Use
  after: Use
}

/** What would happen. Lists are cut at `mostListed`; `counts` are of everything. */
export interface WhatIfAnswer {
  /** RFC 3339: the cluster as it was then. */
  asOf: string
  tookMs: number
  /** False: time ran out, what follows is not all. */
  isComplete: boolean
  counts: { landed: number; stuck: number; preempted: number; blocked: number; gone: number; staying: number; losingData: number }
  /** Pods that get a node. */
  landed: LandedPod[]
  /** Pods that wait for a node in the end and would not otherwise, or not as they are. */
  stuck: StuckPod[]
  preempted: PreemptedPod[]
  /** Pods that a drain could not evict. */
  blocked: BlockedPod[]
  /** Pods that end and do not come back. */
  gone: EndedPod[]
  /** Pods that a drain leaves where they are. */
  staying: EndedPod[]
  /** Pods that lose the data of an emptyDir. */
  losingData: PodName[]
  /** Pods that wait now, and how many of these would still. */
  waiting: { before: number; after: number }
  /** The nodes on which something changes. */
  nodes: NodeUse[]
  /** What the answer leaves out. */
  notes: string[]
}

export const mostListed = 1000
