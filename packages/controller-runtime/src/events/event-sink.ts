import { events, type Event } from '@quarterdeck/api'
import { isApiError, timestamp, type Draft } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { realClock, type Clock } from '../clock.ts'
import { silentLogger, type Logger } from '../logger.ts'
import { EventCorrelator, type Correlated, type EventType, type Occurrence } from './correlator.ts'

/** What an event may be about. Any stored object will do. */
export interface EventTarget {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string | undefined; uid: string; resourceVersion?: string | undefined }
}

/** Tells of things that happen to objects, as Events of core/v1. */
export interface EventRecorder {
  /** Returns at once and never fails. `fieldPath` names a part of the object: `spec.containers{web}`. */
  event(object: EventTarget, type: EventType, reason: string, message: string, fieldPath?: string): void
}

export interface EventSink {
  /** `component` is shown as the source of the events; `host` is the node it runs on, for components of a node. */
  recorder(component: string, host?: string): EventRecorder
  /** Resolves when everything recorded so far is stored or dropped. */
  flush(): Promise<void>
  /** Stores what waits, for at most timeoutMs (default 3000), and takes no more. */
  stop(timeoutMs?: number): Promise<void>
  /** Events dropped because too many waited, because of the limits of an object, or because the server refused them. */
  readonly dropped: number
}

export interface EventSinkOptions {
  clock?: Clock
  log?: Logger
  /** Most events that wait to be stored; further ones are dropped. */
  maxWaiting?: number
  maxInFlight?: number
}

interface Waiting {
  occurrence: Occurrence
  correlated: Correlated
}

/** Stores events in the background: repeated ones as one with a count, each Event by one writer at a time. */
export function createEventSink(client: Client, options: EventSinkOptions = {}): EventSink {
  const { clock = realClock, log = silentLogger, maxWaiting = 4096, maxInFlight = 64 } = options
  const correlator = new EventCorrelator()
  const waiting = new Map<string, Waiting>()
  const inFlight = new Set<string>()
  const idlers = new Set<() => void>()
  let dropped = 0
  let stopped = false

  function record(occurrence: Occurrence): void {
    const correlated = stopped ? undefined : correlator.accept(occurrence)
    if (!correlated) return void dropped++
    // An occurrence of an Event that still waits only raises its count: it needs no place of its own.
    if (!waiting.has(correlated.key) && waiting.size >= maxWaiting) return void dropped++
    waiting.set(correlated.key, { occurrence, correlated })
    pump()
  }

  function pump(): void {
    if (inFlight.size < maxInFlight) {
      for (const [key, next] of waiting) {
        if (inFlight.has(key)) continue
        waiting.delete(key)
        inFlight.add(key)
        void store(next).finally(() => {
          inFlight.delete(key)
          pump()
        })
        if (inFlight.size >= maxInFlight) break
      }
    }
    if (waiting.size > 0 || inFlight.size > 0) return
    for (const resolve of idlers) resolve()
    idlers.clear()
  }

  async function store(next: Waiting): Promise<void> {
    try {
      const known = correlator.nameOf(next.correlated.key)
      const name = known ? await update(client, known, next) : undefined
      correlator.stored(next.correlated.key, name ?? (await create(client, next)))
    } catch (error) {
      dropped++
      log.debug('an event was not stored', { reason: next.occurrence.reason, error })
    }
  }

  const flush = (): Promise<void> =>
    waiting.size === 0 && inFlight.size === 0 ? Promise.resolve() : new Promise((resolve) => idlers.add(resolve))

  return {
    recorder: (component, host) => ({
      event: (object, type, reason, message, fieldPath) =>
        record({ component, host, involvedObject: referenceTo(object, fieldPath), type, reason, message, atMs: clock.now() }),
    }),
    flush,
    stop: async (timeoutMs = 3000) => {
      stopped = true
      let cancel = (): void => {}
      const timeout = new Promise<void>((resolve) => (cancel = clock.after(timeoutMs, resolve)))
      await Promise.race([flush(), timeout])
      cancel()
      waiting.clear()
    },
    get dropped() {
      return dropped
    },
  }
}

/** Raises the count of a stored Event; undefined if it is gone. */
async function update(client: Client, name: string, { occurrence, correlated }: Waiting): Promise<string | undefined> {
  const patch = { count: correlated.count, lastTimestamp: timestamp(new Date(correlated.lastAtMs)), message: correlated.message }
  try {
    await client.patch(events, { namespace: namespaceOf(occurrence), name }, patch, { type: 'merge' })
    return name
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

async function create(client: Client, { occurrence, correlated }: Waiting): Promise<string> {
  const name = `${occurrence.involvedObject.name ?? ''}.${uniqueSuffix(correlated.lastAtMs)}`
  const event: Draft<Event> = {
    metadata: { name, namespace: namespaceOf(occurrence) },
    involvedObject: occurrence.involvedObject,
    type: occurrence.type,
    reason: occurrence.reason,
    message: correlated.message,
    count: correlated.count,
    firstTimestamp: timestamp(new Date(correlated.firstAtMs)),
    lastTimestamp: timestamp(new Date(correlated.lastAtMs)),
    source: { component: occurrence.component, ...(occurrence.host ? { host: occurrence.host } : {}) },
    reportingComponent: occurrence.component,
    reportingInstance: occurrence.host ?? '',
  }
  await client.create(events, event)
  return name
}

/** Events about objects of cluster scope live in the default namespace. */
const namespaceOf = (occurrence: Occurrence): string => occurrence.involvedObject.namespace || 'default'

let lastSuffix = 0n

/** Hexadecimal nanoseconds, as Kubernetes names its events, but never the same twice. */
function uniqueSuffix(atMs: number): string {
  const nanoseconds = BigInt(Math.trunc(atMs)) * 1_000_000n + BigInt(Math.trunc(Math.random() * 1_000_000))
  lastSuffix = nanoseconds > lastSuffix ? nanoseconds : lastSuffix + 1n
  return lastSuffix.toString(16)
}

function referenceTo(object: EventTarget, fieldPath: string | undefined): Occurrence['involvedObject'] {
  const { name, namespace, uid, resourceVersion } = object.metadata
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    uid,
    ...(namespace ? { namespace } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(fieldPath ? { fieldPath } : {}),
  }
}
