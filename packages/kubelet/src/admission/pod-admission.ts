import { type Node, nodes, type Pod } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

import { admitPod, type Rejection } from './admit-pod.ts'

/** Decides which pods a node takes, and remembers which it has: each counts until it has ended. */
export class PodAdmission {
  readonly #client: Client
  readonly #nodeName: string
  /** By uid; nothing for those that have ended. */
  readonly #taken = new Map<string, Pod | undefined>()
  #node: Node | undefined

  constructor(client: Client, nodeName: string) {
    this.#client = client
    this.#nodeName = nodeName
  }

  /** A pod that was taken before, perhaps by an agent before this one: its status has a start. */
  take(pod: Pod): void {
    this.#taken.set(pod.metadata.uid, pod)
  }

  has(podUid: string): boolean {
    return this.#taken.has(podUid)
  }

  /** Takes the pod or says why not. Only a no is worth asking the API for the newest version of the node. */
  async admit(pod: Pod): Promise<Rejection | undefined> {
    if (!this.#node || this.#decide(pod, this.#node)) this.#node = await this.#client.get(nodes, { namespace: '', name: this.#nodeName })
    const rejection = this.#decide(pod, this.#node)
    if (!rejection) this.take(pod)
    return rejection
  }

  /** A taken pod has ended, or its object is gone: others may know, and what it had is free for the next. */
  release(podUid: string): void {
    if (this.#taken.has(podUid)) this.#taken.set(podUid, undefined)
  }

  forget(podUid: string): void {
    this.#taken.delete(podUid)
  }

  #decide(pod: Pod, node: Node): Rejection | undefined {
    return admitPod(
      pod,
      node,
      [...this.#taken.values()].filter((taken) => taken !== undefined),
    )
  }
}
