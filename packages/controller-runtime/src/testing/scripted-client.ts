import { ApiError, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client, List, WatchEvent, WatchOptions } from '@quarterdeck/client'

/** One watch as the test drives it. */
export class ScriptedWatch {
  readonly options: WatchOptions
  #queue: WatchEvent<KubeObject>[] = []
  #end: { error: Error | undefined } | undefined
  #wake: () => void = () => {}

  constructor(options: WatchOptions) {
    this.options = options
    options.signal.addEventListener('abort', () => this.end(), { once: true })
  }

  send(...events: WatchEvent<KubeObject>[]): void {
    this.#queue.push(...events)
    this.#wake()
  }

  end(error?: Error): void {
    this.#end ??= { error }
    this.#wake()
  }

  async *events(): AsyncGenerator<WatchEvent<KubeObject>> {
    for (;;) {
      const next = this.#queue.shift()
      if (next) yield next
      else if (this.#end?.error) throw this.#end.error
      else if (this.#end) return
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}

export interface ScriptedClient {
  client: Client
  /** What the next list answers; an Error is thrown. */
  lists: (List<KubeObject> | Error)[]
  watches: ScriptedWatch[]
}

/** A server whose connections break on cue: what a real one can't be asked to do. Only list and watch answer. */
export function scriptedClient(): ScriptedClient {
  const lists: (List<KubeObject> | Error)[] = []
  const watches: ScriptedWatch[] = []
  const refuse = (): never => {
    throw new ApiError('MethodNotAllowed', 'the script has no writes')
  }
  const reader: Pick<Client, 'list' | 'watch'> = {
    list: (async () => {
      const next = lists.shift()
      if (!next) throw new ApiError('ServiceUnavailable', 'the script has no more lists')
      if (next instanceof Error) throw next
      return next
    }) as Client['list'],
    watch: ((_kind, options) => {
      const watch = new ScriptedWatch(options)
      watches.push(watch)
      return watch.events()
    }) as Client['watch'],
  }
  const client: Client = {
    ...reader,
    get: refuse,
    create: refuse,
    update: refuse,
    patch: refuse,
    delete: refuse,
    deleteCollection: refuse,
    getSubresource: refuse,
    createSubresource: refuse,
  }
  return { client, lists, watches }
}
