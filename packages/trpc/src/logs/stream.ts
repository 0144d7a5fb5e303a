import { pods, type Pod } from '@quarterdeck/api'
import {
  badRequest,
  parseLabelSelector,
  matchesRequirements,
  requirementsOf,
  type LabelSelector,
  type Requirement,
} from '@quarterdeck/api-machinery'
import { tracked } from '@trpc/server'
import { z } from 'zod'

import type { LiveKind } from '../live/live-kind.ts'
import { Pace } from '../live/pace.ts'
import { anySignal } from '../live/signal.ts'
import { requestOf, resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import type { Context } from '../context.ts'
import type { LogBatch } from './log-line.ts'
import { LogReaders } from './log-readers.ts'
import { waitsOf } from './log-waits.ts'
import { MergedLog } from './merged-log.ts'

const intervalMs = 120
/** How much a connection that broke tells again: lines of a container that lagged may have been on their way. */
const retoldMs = 5_000
/** Of a workload whose pods all wait for the same a few say it. */
const mostWaits = 20

const inputSchema = targetSchema.extend({
  /** Only these pods of a workload; empty: all. */
  pods: z.array(z.string().max(253)).max(500).default([]),
  /** '' for all containers. */
  container: z.string().max(253).default(''),
  follow: z.boolean().default(true),
  previous: z.boolean().default(false),
  tailLines: z.int().min(0).max(50_000).default(500),
  sinceSeconds: z.int().min(1).optional(),
  /** Where a connection that broke goes on: the time of the latest line that was sent. Some lines before it come again. */
  lastEventId: z.string().max(64).optional(),
})

type Input = z.output<typeof inputSchema>

/**
 * The log of a pod, or of all pods of a workload merged and followed as they come and go, with what those containers wait for
 * that do not run.
 */
export const streamLogs = procedure.input(inputSchema).subscription(async function* ({ ctx, input, signal: optionalSignal }) {
  const stop = new AbortController()
  const signal = AbortSignal.any([anySignal(optionalSignal), stop.signal])
  const requirements = await podsOf(ctx, ctx.user, input)
  const live = await ctx.live.of(pods)
  const pace = new Pace(intervalMs, signal)
  const log = new MergedLog(pace.mark)
  const { container, previous, follow, tailLines, sinceSeconds } = input
  const readers = new LogReaders({
    ctx,
    request: { ...requestOf(ctx.user, pods, { namespace: input.namespace }), subresource: 'log' },
    choice: { container, previous, follow, tailLines, sinceSeconds, from: resumedFrom(timeOf(input.lastEventId)) },
    log,
    signal,
  })
  let matching: Pod[] = []
  const update = (): void => {
    matching = matchingPods(live, input, requirements)
    readers.update(matching)
    pace.mark()
  }
  const ends = [live.listen(update)]
  signal.addEventListener('abort', () => log.releaseWriters(), { once: true })
  let last = timeOf(input.lastEventId)
  let told = ''
  try {
    update()
    if (!follow) void readers.allEnded().then(() => readers.finish(pace.mark))
    while (await pace.next()) {
      const batch: LogBatch = log.take()
      const waits = matching.flatMap((pod) => waitsOf(pod, input)).slice(0, mostWaits)
      const telling = JSON.stringify([matching.length, waits])
      if (telling !== told) Object.assign(batch, { waits, podCount: matching.length })
      for (const { time } of batch.lines) if (time > last) last = time
      if (batch.lines.length > 0 || batch.notices.length > 0 || telling !== told) yield tracked(last || 'start', batch)
      told = telling
      if (readers.isFinished) return
    }
  } finally {
    for (const end of ends) end()
    stop.abort()
  }
})

/** The id of an event before which there was no line is none. */
function timeOf(eventId = ''): string {
  return Number.isNaN(Date.parse(eventId)) ? '' : eventId
}

function resumedFrom(time: string): string | undefined {
  return time ? new Date(Date.parse(time) - retoldMs).toISOString() : undefined
}

type PodFilter = { name: string } | { requirements: readonly Requirement[] }

/** Which pods a target means. Throws Forbidden unless the user may read their logs. */
async function podsOf(ctx: Context, user: Parameters<typeof requestOf>[0], input: Input): Promise<PodFilter> {
  const { core } = ctx.server
  const { kind, key } = resolveTarget(core, input)
  await core.authorize(
    { ...requestOf(user, pods, { namespace: key.namespace, name: kind.resource === pods.resource ? key.name : '' }), subresource: 'log' },
    'get',
  )
  const object = await ctx.server.clientFor(user, 'dashboard').get(kind, key)
  if (kind.resource === pods.resource) return { name: key.name }
  const { selector } = (object as { spec?: { selector?: LabelSelector | Record<string, string> } }).spec ?? {}
  if (kind.scale) return { requirements: parseLabelSelector(kind.scale.selector(object)) }
  if (selector && ('matchLabels' in selector || 'matchExpressions' in selector)) return { requirements: requirementsOf(selector) }
  throw badRequest(`a ${kind.kind} has no pods whose logs could be read`)
}

function matchingPods(live: LiveKind, input: Input, filter: PodFilter): Pod[] {
  if ('name' in filter) {
    const row = live.get(input.namespace, filter.name)
    return row ? [row.object as Pod] : []
  }
  const found: Pod[] = []
  for (const row of live.rows()) {
    if (row.namespace !== input.namespace || !matchesRequirements(filter.requirements, row.object.metadata.labels)) continue
    if (input.pods.length === 0 || input.pods.includes(row.name)) found.push(row.object as Pod)
  }
  return found
}
