import { claimNamesOf, pods, type Pod } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

/** The pods of a namespace that have a node, by the names of the claims they use. */
export type PodsByClaimName = ReadonlyMap<string, readonly Pod[]>

interface Listing {
  running: Promise<PodsByClaimName>
  /** Begins when the running one ends: for all who ask meanwhile. */
  next: Promise<PodsByClaimName> | undefined
}

/**
 * Which pods use the claims of a namespace, asked of the server. Many who ask at once share a list that began after they asked, so
 * that a namespace full of claims can go without a list for each.
 */
export class LiveUsers {
  readonly #client: Client
  readonly #listings = new Map<string, Listing>()

  constructor(client: Client) {
    this.#client = client
  }

  of(namespace: string): Promise<PodsByClaimName> {
    const listing = this.#listings.get(namespace)
    if (!listing) return this.#start(namespace)
    listing.next ??= listing.running.then(
      () => this.#start(namespace),
      () => this.#start(namespace),
    )
    return listing.next
  }

  #start(namespace: string): Promise<PodsByClaimName> {
    const running = this.#list(namespace)
    const listing: Listing = { running, next: undefined }
    this.#listings.set(namespace, listing)
    const end = (): void => {
      if (!listing.next && this.#listings.get(namespace) === listing) this.#listings.delete(namespace)
    }
    void running.then(end, end)
    return running
  }

  async #list(namespace: string): Promise<PodsByClaimName> {
    const { items } = await this.#client.list(pods, { namespace })
    const users = new Map<string, Pod[]>()
    for (const pod of items) {
      if (!pod.spec.nodeName) continue
      for (const name of claimNamesOf(pod)) users.set(name, [...(users.get(name) ?? []), pod])
    }
    return users
  }
}
