import { deployments, events, nodes, pods, type Event } from '@quarterdeck/api'

import { controllerOf } from '@quarterdeck/api-machinery'

import { Pace } from '../live/pace.ts'
import { anySignal } from '../live/signal.ts'
import type { LiveKind } from '../live/live-kind.ts'
import { eventLine, type EventLine } from '../objects/event-line.ts'
import { isTrouble } from '../state/pod-trouble.ts'
import type { State } from '../state/state.ts'
import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'
import type { Usage } from '../usage/usage-board.ts'
import { capacityOf, type Capacity } from './capacity.ts'

export interface StateTally {
  resource: string
  kind: string
  total: number
  states: { text: string; tone: string; count: number }[]
}

export interface AttentionItem {
  resource: string
  kind: string
  namespace: string
  name: string
  state: State
  since: string
  /** How many objects of the same owner are in the same state; `name` is then the owner's. */
  count: number
}

export interface WarningLine extends EventLine {
  about: { resource?: string | undefined; kind: string; namespace: string; name: string }
}

/** The cluster at a glance. */
export interface Summary {
  tallies: StateTally[]
  capacity: Capacity
  /** What the nodes use now; null while it is not known. */
  usage: Usage | null
  /** Objects that are not as they should be, the worst first; at most thirty. */
  attention: AttentionItem[]
  attentionTotal: number
  /** Newest first. */
  warnings: WarningLine[]
  /** Whether there is nothing yet that a user made. */
  isEmpty: boolean
}

const intervalMs = 1000
const maxAttention = 30
const maxWarnings = 15
const tallied = [deployments, pods, nodes]
const ownNamespaces = new Set(['kube-system', 'kube-public', 'kube-node-lease'])

/** Follows the cluster as a whole, at most once a second. */
export const summary = procedure.subscription(async function* ({ ctx, signal: optionalSignal }): AsyncGenerator<Summary> {
  const { core } = ctx.server
  for (const kind of [...tallied, events]) await authorizeReading(core, ctx.user, kind)
  const signal = anySignal(optionalSignal)
  const pace = new Pace(intervalMs, signal)
  const [deploymentRows, podRows, nodeRows, eventRows] = await Promise.all(
    [deployments, pods, nodes, events].map((kind) => ctx.live.of(kind)),
  )
  const followed = [deploymentRows!, podRows!, nodeRows!, eventRows!]
  const stops = followed.map((live) => live.listen(pace.mark))
  pace.mark()
  try {
    stops.push(await ctx.usage.listen(pace.mark))
    let shown = ''
    while (await pace.next()) {
      const attention = attentionOf([nodeRows!, deploymentRows!, podRows!])
      const next: Summary = {
        tallies: [deploymentRows!, podRows!, nodeRows!].map(tallyOf),
        capacity: capacityOf(nodeRows!, podRows!),
        usage: ctx.usage.total() ?? null,
        attention: attention.slice(0, maxAttention),
        attentionTotal: attention.length,
        warnings: warningsOf(eventRows!, core.registry.kinds),
        isEmpty: [...podRows!.rows(), ...deploymentRows!.rows()].every((row) => ownNamespaces.has(row.namespace)),
      }
      const text = JSON.stringify(next)
      if (text !== shown) yield next
      shown = text
    }
  } finally {
    for (const stop of stops) stop()
  }
})

function tallyOf(live: LiveKind): StateTally {
  const states = new Map<string, StateTally['states'][number]>()
  for (const { state } of live.rows()) {
    if (!state) continue
    const known = states.get(state.text)
    if (known) known.count++
    else states.set(state.text, { text: state.text, tone: state.tone, count: 1 })
  }
  const { resource, kind } = live.kind
  return { resource, kind, total: live.size, states: [...states.values()].toSorted((a, b) => b.count - a.count) }
}

const severity: Record<string, number> = { bad: 0, warning: 1 }

/** Siblings that fail alike are one item, and none where their workload is led by the same cause. */
function attentionOf(kinds: readonly LiveKind[]): AttentionItem[] {
  const items = new Map<string, AttentionItem>()
  const led = new Set<string>()
  for (const live of kinds)
    for (const row of live.rows()) {
      const { state, namespace } = row
      if (!isTrouble(state)) continue
      const { resource, kind } = live.kind
      const owner = controllerOf(row.object)?.name
      // Pods of a Deployment are named after its ReplicaSet, and that after the Deployment.
      if (owner && led.has(JSON.stringify([namespace, owner.replace(/-[^-]+$/, ''), state.text]))) continue
      if (resource === deployments.resource) led.add(JSON.stringify([namespace, row.name, state.text]))
      const key = JSON.stringify([resource, namespace, owner ?? row.name, state.text])
      const known = items.get(key)
      const since = row.object.metadata.creationTimestamp
      if (known) Object.assign(known, { name: owner, count: known.count + 1, since: known.since < since ? known.since : since })
      else items.set(key, { resource, kind, namespace, name: row.name, state, since, count: 1 })
    }
  return [...items.values()].toSorted((a, b) => severity[a.state.tone]! - severity[b.state.tone]!)
}

function warningsOf(live: LiveKind, kinds: readonly { kind: string; apiVersion: string; resource: string }[]): WarningLine[] {
  const found: WarningLine[] = []
  for (const row of live.rows()) {
    const event = row.object as Event
    if (event.type !== 'Warning') continue
    const { kind = '', namespace = '', name = '', apiVersion } = event.involvedObject
    const resource = kinds.find((k) => k.kind === kind && (!apiVersion || k.apiVersion === apiVersion))?.resource
    found.push({ ...eventLine(event), about: { resource, kind, namespace: kind === 'Node' ? '' : namespace, name } })
  }
  return found.toSorted((a, b) => (a.lastSeen > b.lastSeen ? -1 : 1)).slice(0, maxWarnings)
}
