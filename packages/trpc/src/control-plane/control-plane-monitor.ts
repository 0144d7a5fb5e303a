import { leases, type Lease } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import { workerAddressAnnotation, workerLease, type ApiServer } from '@quarterdeck/apiserver'

import {
  apiOf,
  controllersOf,
  processOf,
  schedulerOf,
  type ApiFigures,
  type ControllerFigures,
  type ProcessFigures,
  type Reading,
  type SchedulerFigures,
} from './figures.ts'
import { parsePrometheus } from './parse-prometheus.ts'

export interface Leader {
  identity: string
  /** Where it answers. */
  address: string
  /** RFC 3339. */
  since: string
  renewedAt: string
  /** How often another took over. */
  transitions: number
}

/** What the control plane is doing. */
export interface ControlPlane {
  /** Null while none leads. */
  leader: Leader | null
  /** Null while the leader does not answer; `problem` says why. */
  worker: { process: ProcessFigures; scheduler: SchedulerFigures; controllers: ControllerFigures[] } | null
  problem?: string | undefined
  /** Of the API server that answers this. */
  api: ApiFigures & { process: ProcessFigures }
  store: { revision: number; writesPerSecond: number | null }
}

const pollMs = 3000
/** Rates and latencies are those of this long. */
const windowMs = 60_000

interface StoreReading {
  atMs: number
  revision: number
}

/** Reads the figures of the worker and of this process every few seconds while somebody looks, once for all who do. */
export class ControlPlaneMonitor {
  readonly #server: ApiServer
  readonly #listeners = new Set<() => void>()
  #workerReadings: Reading[] = []
  #apiReadings: Reading[] = []
  #storeReadings: StoreReading[] = []
  #readFrom = ''
  #latest: ControlPlane | undefined
  #timer: NodeJS.Timeout | undefined
  #isReading = false

  constructor(server: ApiServer) {
    this.#server = server
  }

  get latest(): ControlPlane | undefined {
    return this.#latest
  }

  /** Told after every reading. The caller calls what it gets when it is done. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#poll()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.close()
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#workerReadings = []
    this.#apiReadings = []
    this.#storeReadings = []
    this.#latest = undefined
  }

  #poll(): void {
    clearTimeout(this.#timer)
    // A reading that is still under way when everybody left and somebody came is his too.
    if (this.#isReading) return
    this.#isReading = true
    void this.#readOrExplain().then(() => {
      this.#isReading = false
      if (this.#listeners.size === 0) return this.close()
      for (const listener of this.#listeners) listener()
      this.#timer = setTimeout(() => this.#poll(), pollMs).unref()
    })
  }

  /** What was read before stays when nothing can be read. */
  async #readOrExplain(): Promise<void> {
    try {
      await this.#read()
    } catch (error) {
      if (this.#latest) this.#latest = { ...this.#latest, problem: error instanceof Error ? error.message : String(error) }
    }
  }

  async #read(): Promise<void> {
    const [lease, answer, api, revision] = await Promise.all([
      this.#lease(),
      this.#askWorker(),
      this.#server.metrics.registry.metrics(),
      this.#server.core.store.currentRevision(),
    ])
    const atMs = Date.now()
    const leader = leaderOf(lease)
    // The figures of another leader are no continuation of the former's.
    if (leader?.identity !== this.#readFrom || !answer.text) this.#workerReadings = []
    this.#readFrom = leader?.identity ?? ''
    if (answer.text) keep(this.#workerReadings, { atMs, metrics: parsePrometheus(answer.text) })
    keep(this.#apiReadings, { atMs, metrics: parsePrometheus(api) })
    keep(this.#storeReadings, { atMs, revision })
    this.#latest = {
      leader,
      worker: this.#worker(),
      problem: answer.problem,
      api: { ...apiOf(...spanOf(this.#apiReadings)), process: processOf(...spanOf(this.#apiReadings)) },
      store: { revision, writesPerSecond: writesPerSecond(this.#storeReadings) },
    }
  }

  #worker(): ControlPlane['worker'] {
    if (this.#workerReadings.length === 0) return null
    const span = spanOf(this.#workerReadings)
    return { process: processOf(...span), scheduler: schedulerOf(...span), controllers: controllersOf(...span) }
  }

  async #lease(): Promise<Lease | undefined> {
    const { namespace, name } = workerLease
    return (await this.#server.core.read(leases.resource, namespace, name))?.object as Lease | undefined
  }

  async #askWorker(): Promise<{ text?: string; problem?: string }> {
    try {
      const { status, text } = await this.#server.worker.get('/metrics')
      return status === 200 ? { text } : { problem: `the worker answered with ${status}` }
    } catch (error) {
      if (isApiError(error)) return { problem: error.message }
      throw error
    }
  }
}

function leaderOf(lease: Lease | undefined): Leader | null {
  const { holderIdentity, acquireTime = '', renewTime = '', leaseTransitions = 0, leaseDurationSeconds = 15 } = lease?.spec ?? {}
  const isOver = Date.now() - Date.parse(renewTime) > leaseDurationSeconds * 1000
  if (!lease || !holderIdentity || isOver) return null
  const address = lease.metadata.annotations?.[workerAddressAnnotation]?.split(',')[0] ?? ''
  return { identity: holderIdentity, address, since: acquireTime, renewedAt: renewTime, transitions: leaseTransitions }
}

function keep<T extends { atMs: number }>(readings: T[], latest: T): void {
  readings.push(latest)
  while (readings.length > 2 && readings[1]!.atMs < latest.atMs - windowMs) readings.shift()
}

/** The oldest and the latest reading; the former only if there are two. */
function spanOf(readings: readonly Reading[]): [before: Reading | undefined, after: Reading] {
  return [readings.length > 1 ? readings[0] : undefined, readings.at(-1)!]
}

function writesPerSecond(readings: readonly StoreReading[]): number | null {
  const [first, last] = [readings[0], readings.at(-1)]
  return first && last && last.atMs > first.atMs ? (last.revision - first.revision) / ((last.atMs - first.atMs) / 1000) : null
}
