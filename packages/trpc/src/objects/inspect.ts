import { events, pods, type Event, type Kind } from '@quarterdeck/api'
import { notFound, type KubeObject } from '@quarterdeck/api-machinery'
import { servedObject } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { objectYaml } from '../documents/object-yaml.ts'
import { Pace } from '../live/pace.ts'
import { anySignal } from '../live/signal.ts'
import { findRelated } from '../relations/find-related.ts'
import type { RelatedGroup, RelatedItem } from '../relations/relation.ts'
import { relationReader } from '../relations/relation-reader.ts'
import { dependsOnOthers, type LiveKinds } from '../live/live-kinds.ts'
import { isSameState, type State } from '../state/state.ts'
import { requestOf, resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { objectUsageOf, type ObjectUsage } from '../usage/object-usage.ts'
import { hasUsage } from '../usage/row-usage.ts'
import { eventLine, type EventLine } from './event-line.ts'
import { withoutSecretValues } from './secret-values.ts'

/** An object with what is around it; a part that did not change since the message before is undefined. */
export interface Inspection {
  /** Null once it is deleted. */
  object?: KubeObject | null
  yaml?: string
  state?: State | null
  related?: RelatedGroup[]
  events?: EventLine[]
  /** Of pods and nodes; null while it is not known. */
  usage?: ObjectUsage | null
}

const objectIntervalMs = 250
/** Related objects are looked for at most this often. */
const relatedIntervalMs = 1000
const maxEvents = 200

/** Follows one object: itself, its related objects and its events. Secrets come without values unless revealed. */
export const inspectObject = procedure.input(targetSchema.extend({ reveal: z.boolean().default(false) })).subscription(async function* ({
  ctx,
  input,
  signal: optionalSignal,
}): AsyncGenerator<Inspection> {
  const { core } = ctx.server
  const signal = anySignal(optionalSignal)
  const { kind, key } = resolveTarget(core, input)
  await core.authorize(requestOf(ctx.user, kind, key), 'get')
  const reader = relationReader(core, ctx.user)
  const cache = await core.freshCacheOf(kind)
  if (!cache.get(key.namespace, key.name)) throw notFound({ group: kind.group, resource: kind.plural }, key.name)
  const pace = new Pace(objectIntervalMs, signal)
  const rows = await ctx.live.of(kind)
  const stops = await Promise.all([kind, events, pods].map(async (watched) => (await ctx.live.of(watched)).listen(pace.mark)))
  pace.mark()
  let shown: { revision: number; state: State | undefined; related: string; events: string; usage: string } | undefined
  let relatedAt = -Infinity
  try {
    if (hasUsage(kind)) stops.push(await ctx.usage.listen(pace.mark))
    while (await pace.next()) {
      const stored = cache.get(key.namespace, key.name)
      if (!stored) {
        yield { object: null, state: null }
        return
      }
      const message: Inspection = {}
      const object = servedObject(kind, stored)
      if (stored.revision !== shown?.revision) {
        message.object = input.reveal ? object : withoutSecretValues(object)
        message.yaml = objectYaml(message.object)
      }
      const state = rows.get(key.namespace, key.name)?.state
      if (!shown || !isSameState(state, shown.state)) message.state = state ?? null
      let relatedText = shown?.related ?? ''
      let eventsText = shown?.events ?? ''
      const sinceRelated = performance.now() - relatedAt
      if (sinceRelated >= relatedIntervalMs) {
        relatedAt = performance.now()
        const [found, lines] = await Promise.all([findRelated({ kind, object }, reader), eventsOf(object, reader)])
        const related = await withLiveStates(found, ctx.live, core.registry.kinds)
        relatedText = JSON.stringify(related)
        eventsText = JSON.stringify(lines)
        if (relatedText !== shown?.related) message.related = related
        if (eventsText !== shown?.events) message.events = lines
      } else setTimeout(pace.mark, relatedIntervalMs - sinceRelated).unref()
      const usage = hasUsage(kind) ? objectUsageOf(ctx.usage, kind, object) : null
      const usageText = JSON.stringify(usage)
      if (usageText !== shown?.usage) message.usage = usage
      shown = { revision: stored.revision, state, related: relatedText, events: eventsText, usage: usageText }
      if (Object.keys(message).length > 0) yield message
    }
  } finally {
    for (const stop of stops) stop()
  }
})

/** With the states that lists show, which know what is around the objects. */
async function withLiveStates(groups: readonly RelatedGroup[], live: LiveKinds, kinds: readonly Kind[]): Promise<RelatedGroup[]> {
  return Promise.all(
    groups.map(async (group) => ({ ...group, items: await Promise.all(group.items.map((item) => withLiveState(item, live, kinds))) })),
  )
}

async function withLiveState(item: RelatedItem, live: LiveKinds, kinds: readonly Kind[]): Promise<RelatedItem> {
  const kind = dependsOnOthers(item.resource) && item.uid ? kinds.find(({ resource }) => resource === item.resource) : undefined
  const row = kind && (await live.of(kind)).get(item.namespace, item.name)
  return row ? { ...item, state: row.state } : item
}

/** Newest first. */
async function eventsOf(object: KubeObject, reader: ReturnType<typeof relationReader>): Promise<EventLine[]> {
  const { uid, namespace } = object.metadata
  // Events about objects of cluster scope are kept in the default namespace.
  const all = (await reader.list(events, namespace ?? 'default')) as readonly Event[]
  return all
    .filter(
      (event) =>
        event.involvedObject.uid === uid ||
        (object.kind === 'Node' && event.involvedObject.kind === 'Node' && event.involvedObject.name === object.metadata.name),
    )
    .map(eventLine)
    .toSorted((a, b) => (a.lastSeen > b.lastSeen ? -1 : 1))
    .slice(0, maxEvents)
}
