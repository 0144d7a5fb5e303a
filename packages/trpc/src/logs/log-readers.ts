import type { Pod } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { openPodLog, type ApiRequest } from '@quarterdeck/apiserver'

import type { Context } from '../context.ts'
import { instancesOf, type LogChoice, type LogInstance } from './log-instances.ts'
import { LineReader, type LogLine } from './log-line.ts'
import type { LogSource } from './log-source.ts'
import type { MergedLog } from './merged-log.ts'

/** Logs read at once for one reader; the rest is named in a notice. */
const maxStreams = 40

export interface ReadersOptions {
  ctx: Pick<Context, 'server' | 'nodes'>
  request: ApiRequest
  choice: LogChoice & {
    follow: boolean
    tailLines: number
    sinceSeconds?: number | undefined
    /** Only lines from this RFC 3339 time on, whatever the tail. */
    from?: string | undefined
  }
  log: MergedLog
  signal: AbortSignal
}

/** One reader for each container there is, begun when it first runs and again when it restarts. */
export class LogReaders {
  readonly #options: ReadersOptions
  readonly #running = new Map<string, Promise<void>>()
  /** Runs of containers that were read to their end. */
  readonly #done = new Set<string>()
  readonly #begun = new Set<string>()
  #hasRefused = false
  #isFirstUpdate = true
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
    for (const pod of matching) for (const instance of instancesOf(pod, this.#options.choice)) this.#begin(pod, instance)
    this.#isFirstUpdate = false
  }

  #begin(pod: Pod, { container, id }: LogInstance): void {
    const place = `${pod.metadata.uid}/${container}`
    const key = `${place}/${id}`
    if (this.#running.has(key) || this.#done.has(key)) return
    const { log, signal } = this.#options
    if (this.#running.size >= maxStreams) {
      if (!this.#hasRefused) log.notice('', '', `${maxStreams} logs are read at once, so some are not shown: pick a pod or a container`)
      this.#hasRefused = true
      return
    }
    const isFirstRun = !this.#begun.has(place)
    this.#begun.add(place)
    const source = log.open({ hasHistory: this.#isFirstUpdate })
    const reading = this.#read(new ContainerLog(pod.metadata.name, container, source), isFirstRun)
      .catch((error: unknown) => {
        if (!signal.aborted) log.notice(pod.metadata.name, container, isApiError(error) ? error.message : String(error))
      })
      .finally(() => {
        source.end()
        this.#running.delete(key)
        this.#done.add(key)
      })
    this.#running.set(key, reading)
  }

  /** What there is, then what comes: so that the others know when they need not wait for older lines any more. */
  async #read(target: ContainerLog, isFirstRun: boolean): Promise<void> {
    const { follow, previous, tailLines, sinceSeconds, from } = this.#options.choice
    const query: Record<string, string> = {}
    if (previous) query['previous'] = 'true'
    if (from) query['sinceTime'] = secondOf(from)
    else if (isFirstRun) query['tailLines'] = String(tailLines)
    if (sinceSeconds !== undefined && !from) query['sinceSeconds'] = String(sinceSeconds)
    await this.#stream(target, query)
    target.source.live()
    if (!follow || previous || this.#options.signal.aborted) return
    const since = target.lastTime || from
    const isWithoutPast = isFirstRun && tailLines === 0
    await this.#stream(target, { follow: 'true', ...(since ? { sinceTime: secondOf(since) } : isWithoutPast ? { tailLines: '0' } : {}) })
  }

  async #stream(target: ContainerLog, query: Readonly<Record<string, string>>): Promise<void> {
    const { ctx, request, signal } = this.#options
    const parameters = new URLSearchParams({ container: target.container, timestamps: 'true', ...query })
    const stream = await openPodLog(ctx.server.core, ctx.nodes, { ...request, name: target.pod }, parameters, signal)
    const reader = new LineReader()
    const floor = target.lastTime
    for await (const chunk of stream) {
      await target.add(reader.read(chunk as Uint8Array), floor)
      if (signal.aborted) return
    }
    await target.add(reader.end(), floor)
  }
}

/** Where the reading of a container's log has got. */
class ContainerLog {
  readonly pod: string
  readonly container: string
  readonly source: LogSource
  /** Of the last line; '' before there is one. */
  lastTime = ''

  constructor(pod: string, container: string, source: LogSource) {
    this.pod = pod
    this.container = container
    this.source = source
  }

  /** Leaves out what was told before, up to and with `floor`: a log is asked for by the second. */
  async add(lines: readonly { time: string; text: string }[], floor: string): Promise<void> {
    const fresh = lines.filter(({ time }) => !time || time > floor)
    for (const { time } of fresh) if (time > this.lastTime) this.lastTime = time
    await this.source.add(fresh.map((line): LogLine => ({ pod: this.pod, container: this.container, ...line })))
  }
}

/** The second that a time is in: kubelets know no smaller part. */
function secondOf(time: string): string {
  return `${time.slice(0, 19)}Z`
}
