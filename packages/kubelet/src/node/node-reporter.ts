import { isDeepStrictEqual } from 'node:util'

import { type Node, nodes, type V1NodeStatus } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import { backoffMs, type Clock, type EventRecorder, type Logger, sleep, withoutUndefined } from '@quarterdeck/controller-runtime'
import type { ContainerRuntime, RuntimeInfo } from '@quarterdeck/runtime'

import { ensureCsiNode } from './csi-node.ts'
import type { Machine } from './machine.ts'
import { changesOf, cordonChange, newNode, type NodeFacts, nodeStatusOf, ownLabels } from './node-object.ts'
import { Pressures, readSpare } from './pressure.ts'

export interface NodeReporterOptions {
  client: Client
  runtime: ContainerRuntime
  info: RuntimeInfo
  machine: Machine
  /** Where pods' volumes are kept. */
  dataDir: string
  nodeName: string
  addresses: readonly string[]
  labels: Record<string, string>
  annotations: Record<string, string>
  recorder: EventRecorder
  clock: Clock
  log: Logger
  signal: AbortSignal
}

const lookEveryMs = 10_000
/** An unchanged status is still told this often. */
const tellEveryMs = 300_000
const retry = { baseMs: 500, maxMs: 10_000 }

/** Registers the node, makes its pod network once it has a subnet, and keeps its status true. */
export class NodeReporter {
  readonly #options: NodeReporterOptions
  #networkCidr: string | undefined
  #networkProblem: string | undefined = 'the node was given no pod subnet yet'
  #toldAtMs = 0
  #wasCordoned = false
  readonly #pressures = new Pressures()
  /** Uid of the node whose CSINode is there. */
  #csiNodeOf: string | undefined
  #wake = Promise.withResolvers<void>()

  constructor(options: NodeReporterOptions) {
    this.#options = options
  }

  /** Why no sandbox can be made; undefined when one can. */
  networkProblem(): string | undefined {
    return this.#networkProblem
  }

  /** Registers, retrying until the API takes it, then keeps reporting. Resolves when the signal aborts. */
  async run(onRegistered: () => void): Promise<void> {
    const { signal, clock, log } = this.#options
    let failures = 0
    let isRegistered = false
    while (!signal.aborted) {
      try {
        await this.#report()
        if (!isRegistered) onRegistered()
        isRegistered = true
        failures = 0
        await Promise.race([sleep(clock, this.#networkProblem === undefined ? lookEveryMs : 500, signal), this.#wake.promise])
        this.#wake = Promise.withResolvers<void>()
      } catch (error) {
        if (signal.aborted) return
        log.warn('the node’s status could not be reported', { error })
        await sleep(clock, backoffMs(failures++, retry), signal)
      }
    }
  }

  /** Reports without waiting for the next round. */
  poke(): void {
    this.#wake.resolve()
  }

  async #report(): Promise<void> {
    const node = await this.#ensureNode()
    await this.#ensureCsiNode(node)
    await this.#ensureNetwork(node.spec.podCIDR)
    this.#tellOfCordon(node)
    const { client, clock } = this.#options
    const facts = await this.#facts()
    const status = nodeStatusOf(facts, node.status)
    const isDue = clock.now() - this.#toldAtMs >= tellEveryMs
    if (!isDue && isDeepStrictEqual(comparable(status), comparable(node.status))) return
    try {
      await client.update(nodes, { ...node, status }, { subresource: 'status' })
      this.#toldAtMs = clock.now()
      for (const reason of changesOf(node.status.conditions, status.conditions)) this.#tell(node, reason)
    } catch (error) {
      if (!isApiError(error, 'Conflict')) throw error
      this.poke() // someone else wrote meanwhile: look again at once
    }
  }

  #tellOfCordon(node: Node): void {
    const isCordoned = node.spec.unschedulable ?? false
    const reason = cordonChange(this.#wasCordoned, isCordoned)
    if (reason) this.#tell(node, reason)
    this.#wasCordoned = isCordoned
  }

  #tell({ metadata: { name, uid } }: Node, reason: string): void {
    const target = { apiVersion: nodes.apiVersion, kind: nodes.kind, metadata: { name, uid } }
    this.#options.recorder.event(target, 'Normal', reason, `Node ${name} status is now: ${reason}`)
  }

  async #ensureNode(): Promise<Node> {
    const { client, nodeName, labels, annotations } = this.#options
    try {
      const found = await client.get(nodes, { namespace: '', name: nodeName })
      const missing = {
        labels: missingFrom(found.metadata.labels, { ...ownLabels(await this.#facts()), ...labels }),
        annotations: missingFrom(found.metadata.annotations, annotations),
      }
      if (Object.values(missing).every((entries) => Object.keys(entries).length === 0)) return found
      return await client.patch(nodes, { namespace: '', name: nodeName }, { metadata: missing }, { type: 'merge' })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
      return client.create(nodes, newNode(await this.#facts(), { labels, annotations }))
    }
  }

  /** A node without it runs pods all the same. */
  async #ensureCsiNode(node: Node): Promise<void> {
    if (this.#csiNodeOf === node.metadata.uid) return
    try {
      await ensureCsiNode(this.#options.client, node)
      this.#csiNodeOf = node.metadata.uid
    } catch (error) {
      this.#options.log.warn('the node’s CSINode could not be made and will be tried again', { error })
    }
  }

  async #ensureNetwork(cidr: string | undefined): Promise<void> {
    if (cidr === undefined || cidr === this.#networkCidr) return
    try {
      await this.#options.runtime.ensureNetwork(cidr)
      this.#networkCidr = cidr
      this.#networkProblem = undefined
    } catch (error) {
      this.#networkProblem = (error as Error).message
    }
  }

  async #facts(): Promise<NodeFacts> {
    const { runtime, nodeName, addresses, machine, info, clock, dataDir } = this.#options
    const images = await runtime.listImages().catch((error: unknown) => error as Error)
    const runtimeProblem = images instanceof Error ? `container runtime is down: ${images.message}` : undefined
    const network = this.#networkProblem === undefined ? undefined : `container runtime network not ready: ${this.#networkProblem}`
    const spare = await readSpare([dataDir, info.imagesPath])
    return {
      name: nodeName,
      addresses,
      machine,
      info,
      images: images instanceof Error ? [] : images,
      notReady: runtimeProblem ?? network,
      pressures: this.#pressures.observe(spare, clock.now()),
      nowMs: clock.now(),
    }
  }
}

function missingFrom(
  found: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => found?.[key] !== value))
}

/** A status without the times that change with every look. */
function comparable(status: V1NodeStatus): unknown {
  return withoutUndefined({
    ...status,
    conditions: status.conditions?.map((condition) => ({ ...condition, lastHeartbeatTime: undefined })),
  })
}
