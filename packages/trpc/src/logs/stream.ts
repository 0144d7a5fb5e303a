import { pods, type Pod } from '@quarterdeck/api'
import {
  badRequest,
  isApiError,
  parseLabelSelector,
  matchesRequirements,
  requirementsOf,
  type LabelSelector,
  type Requirement,
} from '@quarterdeck/api-machinery'
import { openPodLog, type ApiRequest } from '@quarterdeck/apiserver'
import { tracked } from '@trpc/server'
import { z } from 'zod'

import type { LiveKind } from '../live/live-kind.ts'
import { Pace } from '../live/pace.ts'
import { anySignal } from '../live/signal.ts'
import { requestOf, resolveTarget, targetSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import type { Context } from '../context.ts'
import { LineReader, type LogBatch } from './log-line.ts'
import { MergedLog } from './merged-log.ts'

/** Logs read at once for one reader; the rest is named in a notice. */
const maxStreams = 40
const intervalMs = 120

const inputSchema = targetSchema.extend({
  /** Only these pods of a workload; empty: all. */
  pods: z.array(z.string().max(253)).max(500).default([]),
  /** '' for all containers. */
  container: z.string().max(253).default(''),
  follow: z.boolean().default(true),
  previous: z.boolean().default(false),
  tailLines: z.int().min(0).max(50_000).default(500),
  sinceSeconds: z.int().min(1).optional(),
  /** Where a connection that broke goes on: the time of the last line that was sent. */
  lastEventId: z.string().max(64).optional(),
})

type Input = z.output<typeof inputSchema>

/** The log of a pod, or of all pods of a workload merged and followed as they come and go. */
export const streamLogs = procedure.input(inputSchema).subscription(async function* ({ ctx, input, signal: optionalSignal }) {
  const stop = new AbortController()
  const signal = AbortSignal.any([anySignal(optionalSignal), stop.signal])
  const requirements = await podsOf(ctx, ctx.user, input)
  const live = await ctx.live.of(pods)
  const pace = new Pace(intervalMs, signal)
  const log = new MergedLog(pace.mark)
  const readers = new LogReaders({
    ctx,
    request: { ...requestOf(ctx.user, pods, { namespace: input.namespace }), subresource: 'log' },
    input,
    log,
    signal,
  })
  const update = (): void => readers.update(matchingPods(live, input, requirements))
  const ends = [live.listen(update)]
  signal.addEventListener('abort', () => log.releaseWriters(), { once: true })
  let last = input.lastEventId ?? ''
  try {
    update()
    if (!input.follow) void readers.allEnded().then(() => readers.finish(pace.mark))
    while (await pace.next()) {
      const batch: LogBatch = log.take()
      last = batch.lines.at(-1)?.time || last
      if (batch.lines.length > 0 || batch.notices.length > 0) yield tracked(last || 'start', batch)
      if (readers.isFinished) return
    }
  } finally {
    for (const end of ends) end()
    stop.abort()
  }
})

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

interface ReadersOptions {
  ctx: Context
  request: ApiRequest
  input: Input
  log: MergedLog
  signal: AbortSignal
}

/** One reader for each container there is, begun when it first runs and again when it restarts. */
class LogReaders {
  readonly #options: ReadersOptions
  readonly #running = new Map<string, Promise<void>>()
  /** Container instances that were read to their end. */
  readonly #done = new Set<string>()
  #hasRefused = false
  isFinished = false

  constructor(options: ReadersOptions) {
    this.#options = options
  }

  async allEnded(): Promise<void> {
    await Promise.allSettled(this.#running.values())
  }

  finish(mark: () => void): void {
    this.isFinished = true
    mark()
  }

  update(matching: readonly Pod[]): void {
    for (const pod of matching) for (const instance of instancesOf(pod, this.#options.input)) this.#begin(pod, instance)
  }

  #begin(pod: Pod, { container, id }: Instance): void {
    const key = `${pod.metadata.uid}/${container}/${id}`
    if (this.#running.has(key) || this.#done.has(key)) return
    const { log } = this.#options
    if (this.#running.size >= maxStreams) {
      if (!this.#hasRefused) log.notice('', '', `${maxStreams} logs are read at once, so some are not shown: pick a pod or a container`)
      this.#hasRefused = true
      return
    }
    const isFirst = ![...this.#done].some((done) => done.startsWith(`${pod.metadata.uid}/${container}/`))
    const reading = this.#read(pod, container, isFirst)
      .catch((error: unknown) => {
        if (!this.#options.signal.aborted) log.notice(pod.metadata.name, container, isApiError(error) ? error.message : String(error))
      })
      .finally(() => {
        this.#running.delete(key)
        this.#done.add(key)
      })
    this.#running.set(key, reading)
  }

  async #read(pod: Pod, container: string, isFirst: boolean): Promise<void> {
    const { ctx, request, input, log, signal } = this.#options
    const query = new URLSearchParams({ container, timestamps: 'true' })
    if (input.follow && !input.previous) query.set('follow', 'true')
    if (input.previous) query.set('previous', 'true')
    if (isFirst && !input.lastEventId) query.set('tailLines', String(input.tailLines))
    if (input.sinceSeconds !== undefined) query.set('sinceSeconds', String(input.sinceSeconds))
    const after = input.lastEventId && input.lastEventId !== 'start' ? input.lastEventId : ''
    if (after) query.set('sinceTime', `${after.slice(0, 19)}Z`)
    const stream = await openPodLog(ctx.server.core, ctx.nodes, { ...request, name: pod.metadata.name }, query, signal)
    const reader = new LineReader()
    const named = (lines: ReturnType<LineReader['read']>) =>
      lines.filter(({ time }) => !after || time > after).map((line) => ({ pod: pod.metadata.name, container, ...line }))
    for await (const chunk of stream) {
      await log.add(named(reader.read(chunk as Uint8Array)))
      if (signal.aborted) return
    }
    await log.add(named(reader.end()))
  }
}

interface Instance {
  container: string
  /** Changes when the container is started again. */
  id: string
}

/** The containers of a pod that have written something. */
function instancesOf({ spec, status }: Pod, { container, previous }: Input): Instance[] {
  const names = [...(spec.initContainers ?? []), ...spec.containers].map((c) => c.name).filter((name) => !container || name === container)
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  return names.flatMap((name): Instance[] => {
    const known = statuses.find((s) => s.name === name)
    if (previous) return known?.lastState?.terminated ? [{ container: name, id: 'previous' }] : []
    const hasStarted = known?.state?.running ?? known?.state?.terminated ?? known?.lastState?.terminated
    return hasStarted ? [{ container: name, id: known?.containerID ?? '' }] : []
  })
}
