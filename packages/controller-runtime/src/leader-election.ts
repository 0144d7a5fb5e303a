import { leases, type Lease } from '@quarterdeck/api'
import { isApiError, microTimestamp, type Draft, type ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { realClock, sleep, type Clock } from './clock.ts'
import { createInformer } from './informer.ts'
import { silentLogger, type Logger } from './logger.ts'
import { noMetrics, type RuntimeMetrics } from './metrics.ts'

export interface LeaderElectionOptions {
  client: Client
  /** The Lease that the candidates contend for. */
  lease: ObjectKey
  /** Of this candidate; must differ from every other's, also of an earlier run of the same process. */
  identity: string
  /** Ends the candidacy; the lease is then released for the next. */
  signal: AbortSignal
  /** Works as the leader until its signal aborts. The lease is kept until it resolves. */
  lead: (signal: AbortSignal) => Promise<void>
  /** Set on the Lease while this candidate holds it. */
  annotations?: Record<string, string>
  clock?: Clock
  log?: Logger
  metrics?: RuntimeMetrics
  /** How long others wait for a renewal before they take over. */
  leaseDurationMs?: number
  /** How long the leader tries to renew before it stops leading. Less than leaseDurationMs. */
  renewDeadlineMs?: number
  retryPeriodMs?: number
}

/** A lease as this candidate saw it last, and when by its own clock: clocks of different machines are never compared. */
interface Observation {
  lease: Lease
  atMs: number
}

/**
 * Contends for the Lease for as long as the signal allows, and leads whenever it holds it. At most one candidate leads at a
 * time, provided clocks run at about the same rate: a leader that cannot renew stops before others may take over.
 */
export async function runLeaderElection(options: LeaderElectionOptions): Promise<void> {
  const election = new Election(options)
  while (!options.signal.aborted) {
    if (await election.acquire()) await election.leadUntilLost()
  }
}

class Election {
  readonly #options: LeaderElectionOptions
  readonly #clock: Clock
  readonly #log: Logger
  readonly #metrics: RuntimeMetrics
  readonly #leaseDurationMs: number
  readonly #renewDeadlineMs: number
  readonly #retryPeriodMs: number
  #observed: Observation | undefined

  constructor(options: LeaderElectionOptions) {
    this.#options = options
    this.#clock = options.clock ?? realClock
    this.#log = options.log ?? silentLogger
    this.#metrics = options.metrics ?? noMetrics
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000
    this.#retryPeriodMs = options.retryPeriodMs ?? 2_000
  }

  /** Tries until it holds the lease; false if the candidacy ended first. A release by the holder is noticed at once. */
  async acquire(): Promise<boolean> {
    const { signal } = this.#options
    const waiting = new AbortController()
    const stop = (): void => waiting.abort()
    signal.addEventListener('abort', stop, { once: true })
    let wake = new AbortController()
    const informer = createInformer(this.#options.client, leases, {
      namespace: this.#options.lease.namespace,
      fieldSelector: `metadata.name=${this.#options.lease.name}`,
      signal: waiting.signal,
      clock: this.#clock,
    })
    informer.onChange(({ object, type }) => {
      if (type === 'deleted' || !object.spec.holderIdentity) wake.abort()
    })
    try {
      while (!signal.aborted) {
        if (await this.#tryToHold()) return true
        if (wake.signal.aborted) wake = new AbortController()
        await sleep(this.#clock, this.#retryPeriodMs * (1 + Math.random() * 0.2), AbortSignal.any([signal, wake.signal]))
      }
      return false
    } finally {
      stop()
      signal.removeEventListener('abort', stop)
    }
  }

  async leadUntilLost(): Promise<void> {
    const { signal, lease, identity } = this.#options
    const leading = new AbortController()
    this.#log.info('leading', { lease: lease.name, identity })
    this.#metrics.leading(lease.name, true)
    const renewal = this.#renewUntilLost(leading)
    const stop = (): void => leading.abort()
    signal.addEventListener('abort', stop, { once: true })
    try {
      await this.#options.lead(leading.signal)
    } catch (error) {
      this.#log.error('the leader failed', { error })
    } finally {
      signal.removeEventListener('abort', stop)
      leading.abort()
      await renewal
      await this.#release()
      this.#metrics.leading(lease.name, false)
      this.#log.info('no longer leading', { lease: lease.name, identity })
    }
  }

  async #renewUntilLost(leading: AbortController): Promise<void> {
    let renewedAtMs = this.#clock.now()
    // The deadline has a timer of its own: a renewal that hangs must not delay it.
    let cancelDeadline = this.#clock.after(this.#renewDeadlineMs, () => leading.abort())
    while (!leading.signal.aborted) {
      await sleep(this.#clock, this.#retryPeriodMs, leading.signal)
      if (leading.signal.aborted) break
      if ((await this.#renew()) || (await this.#tryToHold())) {
        renewedAtMs = this.#clock.now()
        cancelDeadline()
        cancelDeadline = this.#clock.after(this.#renewDeadlineMs, () => leading.abort())
      } else if (this.#isHeldByAnother() || this.#clock.now() - renewedAtMs >= this.#renewDeadlineMs) {
        this.#log.warn('the lease was lost', { lease: this.#options.lease.name })
        leading.abort()
      }
    }
    cancelDeadline()
  }

  #isHeldByAnother(): boolean {
    const holder = this.#observed?.lease.spec.holderIdentity
    return holder !== undefined && holder !== '' && holder !== this.#options.identity
  }

  /** The usual case: nobody else has written the lease since this candidate did, so that it need not be read. */
  async #renew(): Promise<boolean> {
    const lease = this.#observed?.lease
    if (!lease || this.#isHeldByAnother()) return false
    try {
      this.#observe(await this.#options.client.update(leases, this.#heldFrom(lease)))
      return true
    } catch {
      return false
    }
  }

  /** One attempt to take or renew the lease. */
  async #tryToHold(): Promise<boolean> {
    try {
      const lease = await this.#read()
      if (!lease) {
        this.#observe(await this.#options.client.create(leases, this.#draft()))
        return true
      }
      this.#observe(lease)
      if (this.#isHeldByAnother() && !this.#hasExpired()) return false
      this.#observe(await this.#options.client.update(leases, this.#heldFrom(lease)))
      return true
    } catch (error) {
      if (!isApiError(error, 'Conflict', 'AlreadyExists')) this.#log.warn('the lease could not be taken or renewed', { error })
      return false
    }
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get(leases, this.#options.lease)
    } catch (error) {
      if (isApiError(error, 'NotFound')) return undefined
      throw error
    }
  }

  #observe(lease: Lease): void {
    if (this.#observed?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return
    this.#observed = { lease, atMs: this.#clock.now() }
  }

  #hasExpired(): boolean {
    if (!this.#observed) return true
    const { lease, atMs } = this.#observed
    const durationMs = lease.spec.leaseDurationSeconds === undefined ? this.#leaseDurationMs : lease.spec.leaseDurationSeconds * 1000
    return atMs + durationMs <= this.#clock.now()
  }

  #draft(): Draft<Lease> {
    const now = microTimestamp(new Date(this.#clock.now()))
    return {
      metadata: { ...this.#options.lease, annotations: this.#options.annotations },
      spec: { ...this.#held(now), acquireTime: now, leaseTransitions: 0 },
    }
  }

  #heldFrom(lease: Lease): Lease {
    const now = microTimestamp(new Date(this.#clock.now()))
    const isOurs = lease.spec.holderIdentity === this.#options.identity
    const taken = { acquireTime: now, leaseTransitions: (lease.spec.leaseTransitions ?? 0) + 1 }
    const annotations = { ...lease.metadata.annotations, ...this.#options.annotations }
    return {
      ...lease,
      metadata: { ...lease.metadata, annotations },
      spec: { ...lease.spec, ...this.#held(now), ...(isOurs ? {} : taken) },
    }
  }

  #held(now: string): NonNullable<Lease['spec']> {
    return { holderIdentity: this.#options.identity, leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000), renewTime: now }
  }

  /** Gives the lease up, so that the next candidate need not wait for it to expire. */
  async #release(): Promise<void> {
    const lease = this.#observed?.lease
    if (!lease || lease.spec.holderIdentity !== this.#options.identity) return
    const now = microTimestamp(new Date(this.#clock.now()))
    try {
      await this.#options.client.update(leases, {
        ...lease,
        spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now },
      })
    } catch (error) {
      this.#log.debug('the lease was not released', { error })
    }
  }
}
