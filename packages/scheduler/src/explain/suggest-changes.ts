import { csiNodes, type Node } from '@quarterdeck/api'

import type { NodeInfo } from '../cache/node-info.ts'
import { podInfoOf, type PodInfo } from '../cache/pod-info.ts'
import type { Change } from '../framework/change.ts'
import type { Profile } from '../framework/profile.ts'
import { createPacer } from '../pacer.ts'
import { shortagesOf } from '../plugins/node-resources-fit/fit.ts'
import { asQuantity } from '../plugins/node-resources-fit/lower-request.ts'
import { addNodeLike, freeNodeName } from '../sandbox/node-like.ts'
import type { Sandbox } from '../sandbox/sandbox.ts'
import { plansFor, PlanShortlist, type ChangePlan } from './change-plan.ts'
import { FilterRun } from './filter-run.ts'

export interface SuggestedChange {
  of: 'pod' | 'node' | 'new node'
  /** The node that changes, or that the new one is like. */
  node?: string
  /** What to do, with figures and names. */
  text: string
  /** Pods that would have to leave, as `namespace/name`. */
  leaving?: { pod: string; priority: number }[]
}

/** Changes after which all filters accept a node: tried on a copy of the cluster. */
export interface Suggestion {
  changes: SuggestedChange[]
  /** On how many nodes the Pod would fit. */
  nodeCount: number
  /** Some of them. */
  nodes: string[]
}

/** Suggestions in one answer. */
const most = 8
/** Nodes that are named. */
const mostNamed = 3
/** Kinds of nodes of which another is tried. */
const mostShapes = 20
const sliceMs = 8

export interface SuggestOptions {
  sandbox: Sandbox
  profile: Profile
  signal: AbortSignal
}

/**
 * The smallest changes of the Pod, of nodes, or of their number that would let a Pod fit, one change before two, each tried with the
 * filters of the profile. The sandbox is as before in the end, except for the Pods that room is being made for, which are on their
 * nodes.
 */
export async function suggestChanges(pod: PodInfo, { sandbox, profile, signal }: SuggestOptions): Promise<Suggestion[]> {
  const { cache } = sandbox.core
  placeNominated(pod, sandbox)
  const pause = createPacer(sliceMs)
  const run = new FilterRun(pod, profile, cache)
  if (run.refusal) return []
  const shortlist = new PlanShortlist()
  for (const node of cache.nodes) {
    for (const plan of plansFor(pod, node, run)) shortlist.add(plan)
    await pause()
    if (signal.aborted) break
  }
  const found: Suggestion[] = []
  for (const family of shortlist.families()) {
    const needsTwo = (family[0]?.changes.length ?? 0) > 1
    if (found.length >= most - 1 || signal.aborted || (needsTwo && found.some(({ changes }) => changes.length === 1))) break
    for (const plan of family) {
      const suggestion = tryPlan(pod, plan, { sandbox, profile })
      await pause()
      if (!suggestion) continue
      found.push(suggestion)
      break
    }
  }
  const added = signal.aborted ? undefined : tryNewNodes(pod, { sandbox, profile })
  return added ? [...found, added] : found
}

type Trial = Pick<SuggestOptions, 'sandbox' | 'profile'>

/** More important Pods that room is being made for count as if they were there. */
function placeNominated(pod: PodInfo, { core: { cache } }: Sandbox): void {
  for (const { name } of cache.nodes) {
    for (const waiting of cache.nominations.on(name)) {
      if (waiting.uid !== pod.uid && waiting.priority >= pod.priority) cache.setPod(waiting, name)
    }
  }
}

function tryPlan(pod: PodInfo, plan: ChangePlan, trial: Trial): Suggestion | undefined {
  const undo = plan.changes.map((change) => applyToNode(change, trial.sandbox))
  try {
    const { cache } = trial.sandbox.core
    let changed = pod.pod
    for (const { changePod } of plan.changes) changed = changePod?.(changed) ?? changed
    const run = new FilterRun(changed === pod.pod ? pod : podInfoOf(changed), trial.profile, cache)
    const target = plan.node === undefined ? undefined : cache.get(plan.node)
    const fitting = (plan.node === undefined ? cache.nodes : target ? [target] : []).filter((node) => run.accepts(node))
    return fitting.length > 0 ? suggestionOf(plan.changes.map(told), fitting) : undefined
  } finally {
    for (const back of undo.toReversed()) back()
  }
}

/** Returns what takes the change back. */
function applyToNode({ node: name, changeNode, changeCsiNode, leaving = [] }: Change, { core: { cache }, caches }: Sandbox): () => void {
  const old = name === undefined ? undefined : cache.get(name)?.node
  if (name === undefined || !old) return () => {}
  if (changeNode) cache.setNode(changeNode(old))
  for (const { uid } of leaving) cache.removePod(uid)
  const csiNode = changeCsiNode && caches.cache(csiNodes).get({ namespace: '', name })
  if (changeCsiNode && csiNode) caches.set(csiNodes, changeCsiNode(csiNode))
  return () => {
    if (csiNode) caches.set(csiNodes, csiNode)
    for (const left of leaving) cache.setPod(left, name)
    if (changeNode) cache.setNode(old)
  }
}

const told = ({ node, text, leaving }: Change): SuggestedChange => ({
  of: node === undefined ? 'pod' : 'node',
  ...(node === undefined ? {} : { node }),
  text,
  ...(leaving ? { leaving: leaving.map(({ key, priority }) => ({ pod: key, priority })) } : {}),
})

const suggestionOf = (changes: SuggestedChange[], fitting: readonly { name: string }[]): Suggestion => ({
  changes,
  nodeCount: fitting.length,
  nodes: fitting.slice(0, mostNamed).map(({ name }) => name),
})

/** Another node of a make that is there: the smallest that is enough, or else one with more of what it lacks. */
function tryNewNodes(pod: PodInfo, trial: Trial): Suggestion | undefined {
  const shapes = new Map<string, NodeInfo>()
  const { cache } = trial.sandbox.core
  for (const node of cache.nodes) {
    if (shapes.size >= mostShapes) break
    const shape = shapeOf(node.node)
    if (!shapes.has(shape)) shapes.set(shape, node)
  }
  const bySize = [...shapes.values()].toSorted(
    (a, b) => a.allocatable.milliCpu - b.allocatable.milliCpu || a.allocatable.memoryBytes - b.allocatable.memoryBytes,
  )
  return tryEach(bySize, (node) => tryNodeLike(pod, node, trial)) ?? tryEach(bySize, (node) => tryNodeLike(pod, node, trial, 'larger'))
}

function tryEach<T, R>(items: readonly T[], attempt: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const result = attempt(item)
    if (result !== undefined) return result
  }
  return undefined
}

/** What two nodes of one make have in common. */
function shapeOf({ metadata: { name, labels = {} }, spec, status }: Node): string {
  const shared = Object.entries(labels).filter(([, value]) => value !== name)
  const taints = (spec.taints ?? []).filter(({ key }) => !key.startsWith('node.kubernetes.io/'))
  return JSON.stringify([shared, taints, status.allocatable])
}

function tryNodeLike(pod: PodInfo, like: NodeInfo, { sandbox, profile }: Trial, size: 'same' | 'larger' = 'same'): Suggestion | undefined {
  const name = freeNodeName(sandbox, like.name)
  const { cache } = sandbox.core
  try {
    addNodeLike(sandbox, like.name, name)
    const more = size === 'larger' ? enlarge(pod, name, sandbox) : []
    const node = cache.get(name)
    if (!node || !new FilterRun(pod, profile, cache).accepts(node)) return undefined
    const bigger = more.length > 0 ? `, but with ${more.join(' and ')}` : ''
    return suggestionOf([{ of: 'new node', node: like.name, text: `add a node like ${like.name}${bigger}` }], [{ name }])
  } finally {
    for (const uid of cache.get(name)?.pods.keys() ?? []) cache.removePod(uid)
    cache.removeNode(name)
  }
}

/** Gives a node as much as the Pod lacks there; returns what it has then. */
function enlarge(pod: PodInfo, name: string, { core: { cache } }: Sandbox): string[] {
  const node = cache.get(name)
  if (!node) return []
  const wanted = shortagesOf(pod, node).map(({ resource, requested, used }) => [resource, asQuantity(resource, requested + used)] as const)
  const allocatable = { ...(node.node.status.allocatable ?? node.node.status.capacity), ...Object.fromEntries(wanted) }
  cache.setNode({ ...node.node, status: { ...node.node.status, allocatable } })
  return wanted.map(([resource, quantity]) => `${quantity} ${resource}`)
}
