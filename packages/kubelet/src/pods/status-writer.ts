import { isDeepStrictEqual } from 'node:util'

import { type Pod, pods, type V1PodStatus } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { backoffMs, type Clock, type Logger, sleep, withoutUndefined } from '@quarterdeck/controller-runtime'

export interface StatusWriterOptions {
  client: Client
  clock: Clock
  log: Logger
  signal: AbortSignal
}

/** The status of a pod as derived from a version of it, keeping in it what is others' to write. */
export type DeriveStatus = (pod: Pod) => V1PodStatus

/** Writes one pod's status in the background: one write at a time, and of those that wait only the newest. */
export class StatusWriter {
  readonly #options: StatusWriterOptions
  /** The newest version of the pod seen, be it by a watch or as the answer to a write. */
  #pod: Pod
  #next: DeriveStatus | undefined
  #writing: Promise<void> | undefined

  constructor(pod: Pod, options: StatusWriterOptions) {
    this.#pod = pod
    this.#options = options
  }

  /** The newest known version: what to derive a status from. */
  get pod(): Pod {
    return this.#pod
  }

  observe(pod: Pod): void {
    if (Number(pod.metadata.resourceVersion) > Number(this.#pod.metadata.resourceVersion)) this.#pod = pod
  }

  write(derive: DeriveStatus): void {
    this.#next = derive
    this.#writing ??= this.#run().finally(() => {
      this.#writing = undefined
      if (this.#next && !this.#options.signal.aborted) this.write(this.#next)
    })
  }

  /** Resolves when everything given to `write` is stored, or the pod is gone. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async #run(): Promise<void> {
    const { clock, log, signal } = this.#options
    let failures = 0
    while (this.#next && !signal.aborted) {
      const derive = this.#next
      this.#next = undefined
      try {
        await this.#store(derive)
        failures = 0
      } catch (error) {
        if (isApiError(error, 'NotFound')) {
          this.#next = undefined
          return
        }
        this.#next ??= derive
        if (isApiError(error, 'Conflict') && (await this.#refresh())) continue
        log.warn('a pod’s status could not be written and will be tried again', { pod: this.#pod.metadata.name, error })
        await sleep(clock, backoffMs(failures++, { baseMs: 200, maxMs: 10_000 }), signal)
      }
    }
  }

  async #store(derive: DeriveStatus): Promise<void> {
    const { client } = this.#options
    const status = derive(this.#pod)
    if (isDeepStrictEqual(withoutUndefined(status), withoutUndefined(this.#pod.status))) return
    this.observe(await client.update(pods, { ...this.#pod, status }, { subresource: 'status' }))
  }

  /** False if the name now belongs to another pod. */
  async #refresh(): Promise<boolean> {
    const fresh = await this.#options.client.get(pods, keyOf(this.#pod)).catch(() => undefined)
    if (fresh && fresh.metadata.uid !== this.#pod.metadata.uid) {
      this.#next = undefined
      return true
    }
    if (fresh) this.observe(fresh)
    return fresh !== undefined
  }
}
