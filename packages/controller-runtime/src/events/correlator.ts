import type { V1ObjectReference } from '@quarterdeck/api'

import { LruMap } from '../lru-map.ts'

export type EventType = 'Normal' | 'Warning'

/** What a component wants told of an object. */
export interface Occurrence {
  component: string
  host: string | undefined
  involvedObject: V1ObjectReference
  type: EventType
  reason: string
  message: string
  /** Milliseconds since the epoch. */
  atMs: number
}

/** An Event as it should now stand: occurrences with the same key are one Event with a count. */
export interface Correlated {
  key: string
  message: string
  count: number
  firstAtMs: number
  lastAtMs: number
}

interface Known {
  correlated: Correlated
  /** Set once the Event was stored: later occurrences update it. */
  name: string | undefined
}

const capacity = 4096
const mostSimilarMessages = 10
const similarWithinMs = 600_000
const burstPerObject = 25
const refillMs = 300_000

interface Bucket {
  tokens: number
  atMs: number
}

interface SimilarMessages {
  messages: Set<string>
  lastAtMs: number
}

/**
 * Folds repeated occurrences into counted Events and drops what exceeds the limit of an object, with the numbers of client-go's
 * EventCorrelator: 25 at once and one every 5 minutes for each source and object; more than 10 messages that differ only in
 * their text within 10 minutes become one. Memory is bounded: the least recently seen are forgotten and start anew.
 */
export class EventCorrelator {
  readonly #known = new LruMap<string, Known>(capacity)
  readonly #similar = new LruMap<string, SimilarMessages>(capacity)
  readonly #buckets = new LruMap<string, Bucket>(capacity)

  /** Undefined if the occurrence is over its object's limit. */
  accept(occurrence: Occurrence): Correlated | undefined {
    const { involvedObject: object, atMs } = occurrence
    const source = [occurrence.component, occurrence.host ?? '', object.kind, object.namespace, object.name, object.uid, object.apiVersion]
    const group = [...source, object.fieldPath, occurrence.type, occurrence.reason].join('|')
    const combined = this.#isCombined(group, occurrence)
    const key = combined ? group : `${group}|${occurrence.message}`
    const known = this.#known.get(key)
    const correlated: Correlated = {
      key,
      message: combined ? `(combined from similar events): ${occurrence.message}` : occurrence.message,
      count: (known?.correlated.count ?? 0) + 1,
      firstAtMs: known?.correlated.firstAtMs ?? atMs,
      lastAtMs: atMs,
    }
    this.#known.set(key, { correlated, name: known?.name })
    return this.#takeToken(source.join('|'), atMs) ? correlated : undefined
  }

  nameOf(key: string): string | undefined {
    return this.#known.get(key)?.name
  }

  /** Remembers under which name an Event was stored; undefined if it is stored no longer. */
  stored(key: string, name: string | undefined): void {
    const known = this.#known.get(key)
    if (known) known.name = name
  }

  #isCombined(group: string, { message, atMs }: Occurrence): boolean {
    const found = this.#similar.get(group)
    const similar = found && atMs - found.lastAtMs <= similarWithinMs ? found : { messages: new Set<string>(), lastAtMs: atMs }
    similar.lastAtMs = atMs
    if (similar.messages.size <= mostSimilarMessages) similar.messages.add(message)
    this.#similar.set(group, similar)
    return similar.messages.size > mostSimilarMessages
  }

  #takeToken(source: string, atMs: number): boolean {
    const bucket = this.#buckets.get(source) ?? { tokens: burstPerObject, atMs }
    const tokens = Math.min(burstPerObject, bucket.tokens + (atMs - bucket.atMs) / refillMs)
    const taken = tokens >= 1
    this.#buckets.set(source, { tokens: taken ? tokens - 1 : tokens, atMs })
    return taken
  }
}
