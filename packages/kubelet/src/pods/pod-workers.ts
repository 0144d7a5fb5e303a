import type { Pod } from '@quarterdeck/api'
import { sleep } from '@quarterdeck/controller-runtime'

import type { NodeContext } from '../node-context.ts'
import { PodWorker } from './pod-worker.ts'

const relistEveryMs = 60_000

/** One worker for each pod of this node, by uid; and an eye on what the engine has of pods that are no more. */
export class PodWorkers {
  readonly #context: NodeContext
  readonly #workers = new Map<string, PodWorker>()
  readonly #orphans = new Set<string>()

  constructor(context: NodeContext) {
    this.#context = context
  }

  get size(): number {
    return this.#workers.size
  }

  put(pod: Pod): void {
    const { uid } = pod.metadata
    let worker = this.#workers.get(uid)
    if (!worker) {
      worker = new PodWorker(this.#context, pod, () => this.#workers.delete(uid))
      this.#workers.set(uid, worker)
    }
    worker.update(pod)
  }

  remove(podUid: string): void {
    this.#workers.get(podUid)?.remove()
  }

  poke(podUid: string): void {
    this.#workers.get(podUid)?.poke()
  }

  objectChanged(podUid: string): void {
    this.#workers.get(podUid)?.objectChanged()
  }

  pokeAll(): void {
    for (const worker of this.#workers.values()) worker.poke()
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()))
  }

  /** Follows the engine's events; beneath them looks at everything now and then, and after a lost connection. */
  async followRuntime(): Promise<void> {
    const { runtime, signal, log, clock } = this.#context
    void this.#relist()
    while (!signal.aborted) {
      try {
        for await (const event of runtime.events(signal)) this.poke(event.podUid)
      } catch (error) {
        log.warn('the engine’s events were lost', { error })
      }
      await sleep(clock, 1_000, signal)
      if (!signal.aborted) this.pokeAll()
    }
  }

  async #relist(): Promise<void> {
    const { signal, clock, log } = this.#context
    while (!signal.aborted) {
      await this.removeOrphans().catch((error: unknown) => log.warn('orphans could not be looked for', { error }))
      await sleep(clock, relistEveryMs, signal)
      if (!signal.aborted) this.pokeAll()
    }
  }

  /** Removes containers, sandboxes and folders of pods that this node does not have. To be called once the pods are known. */
  async removeOrphans(): Promise<void> {
    const { runtime, folders, log } = this.#context
    const [sandboxes, containers, folderUids] = await Promise.all([runtime.listSandboxes(), runtime.listContainers(), folders.list()])
    const uids = new Set([...sandboxes, ...containers].map((found) => found.pod.uid).concat(folderUids))
    for (const uid of uids) {
      if (this.#workers.has(uid) || this.#orphans.has(uid)) continue
      this.#orphans.add(uid)
      log.info('removing what is left of a pod that is gone', { uid })
      try {
        for (const found of containers) if (found.pod.uid === uid) await runtime.removeContainer(found.id)
        for (const found of sandboxes) if (found.pod.uid === uid) await runtime.removeSandbox(found.id)
        await folders.remove(uid)
      } finally {
        this.#orphans.delete(uid)
      }
    }
  }
}
