import type { Kind } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

/** When a process dies: at its n-th write, before or after the server has it. */
export interface Death {
  atWrite: number
  is: 'before' | 'after'
}

export interface MortalClient {
  client: Client
  /** Aborted by the death: nothing of the process goes on. */
  signal: AbortSignal
  /** Writes so far, events left out. */
  writes(): number
  /** Resolves once the server is done with what was under way: another leader comes later than that. */
  settled(): Promise<void>
}

/** A client in the hands of a process that is killed at a given write. From then on nothing is written or read through it. */
export function mortalClient(client: Client, death: Death | undefined): MortalClient {
  const life = new AbortController()
  const underWay = new Set<Promise<unknown>>()
  let count = 0
  const never = <T>(): Promise<T> => new Promise<T>(() => {})

  function die<T>(): Promise<T> {
    life.abort()
    return never<T>()
  }

  async function write<T>(kind: Kind<never>, act: () => Promise<T>): Promise<T> {
    if (life.signal.aborted) return never<T>()
    if (kind.kind === 'Event') return act()
    const isLast = ++count === death?.atWrite
    if (isLast && death.is === 'before') return die<T>()
    const acting = act()
    underWay.add(acting)
    try {
      const result = await acting
      return isLast || life.signal.aborted ? await die<T>() : result
    } catch (error) {
      if (isLast || life.signal.aborted) return die<T>()
      throw error
    } finally {
      underWay.delete(acting)
    }
  }

  const any = (kind: unknown): Kind<never> => kind as Kind<never>
  return {
    signal: life.signal,
    writes: () => count,
    settled: async () => {
      await Promise.allSettled(underWay)
    },
    client: {
      get: (kind, key) => (life.signal.aborted ? never() : client.get(kind, key)),
      list: (kind, options) => (life.signal.aborted ? never() : client.list(kind, options)),
      watch: (kind, options) => client.watch(kind, options),
      create: (kind, object, options) => write(any(kind), () => client.create(kind, object, options)),
      update: (kind, object, options) => write(any(kind), () => client.update(kind, object, options)),
      patch: (kind, key, patch, options) => write(any(kind), () => client.patch(kind, key, patch, options)),
      delete: (kind, key, options) => write(any(kind), () => client.delete(kind, key, options)),
      deleteCollection: (kind, options) => write(any(kind), () => client.deleteCollection(kind, options)),
      getSubresource: (kind, key, subresource, parameters) =>
        life.signal.aborted ? never() : client.getSubresource(kind, key, subresource, parameters),
      createSubresource: (kind, key, subresource, body) => write(any(kind), () => client.createSubresource(kind, key, subresource, body)),
    },
  }
}
