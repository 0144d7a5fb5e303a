import { type Pod, pods } from '@quarterdeck/api'
import { isApiError, keyOf } from '@quarterdeck/api-machinery'
import { backoffMs } from '@quarterdeck/controller-runtime'
import type { RuntimeContainer } from '@quarterdeck/runtime'

import type { Rejection } from '../admission/admit-pod.ts'
import { terminationMessageOf } from '../containers/container-starter.ts'
import type { NodeContext } from '../node-context.ts'
import { PodProbes } from '../probes/pod-probes.ts'
import { PodActions, type StartWaits } from './pod-actions.ts'
import { activeSandboxOf, containersOf, hasEnded, identityOf, isTerminalPhase, type PodView } from './pod-model.ts'
import { type PodPlan, planPod, type WaitingReason } from './pod-plan.ts'
import { podStatusOf, type PodStatusInput } from './pod-status.ts'
import { Deadline, stopAllContainers } from './pod-stopper.ts'
import { StatusWriter } from './status-writer.ts'
import { WakeTimer } from './wake-timer.ts'

/** After an error the pod is looked at again, at the latest after this. */
const retry = { baseMs: 1_000, maxMs: 30_000 }
const defaultGraceSeconds = 30
/** What a pod that was deleted without grace still gets to end by itself. */
const leastGraceSeconds = 1
const maxRounds = 50

/**
 * Brings one pod to what its object says, one step at a time and never two at once. It holds no truth of its own: each
 * round looks at the runtime, plans, and does what is planned, so being killed anywhere only means looking again.
 */
export class PodWorker {
  readonly #context: NodeContext
  readonly #status: StatusWriter
  readonly #probes: PodProbes
  /** Why containers wait, from the last attempt to start each. */
  readonly #waiting: StartWaits = new Map()
  readonly #messages = new Map<string, string>()
  readonly #onGone: () => void
  readonly #timer: WakeTimer
  readonly #actions: PodActions
  #deadline: Deadline | undefined
  #isDeleted = false
  #isDirty = false
  #running: Promise<void> | undefined
  #failures = 0
  #isGone = false

  /** `onGone` is called once nothing of the pod is left. */
  constructor(context: NodeContext, pod: Pod, onGone: () => void) {
    this.#context = context
    this.#onGone = onGone
    this.#status = new StatusWriter(pod, context)
    this.#timer = new WakeTimer(context.clock, () => this.poke())
    this.#actions = new PodActions({
      context,
      waiting: this.#waiting,
      pod: () => this.#status.pod,
      wakeAt: (atMs) => this.#timer.wakeAt(atMs),
    })
    this.#probes = new PodProbes({
      runtime: context.runtime,
      clock: context.clock,
      onChange: () => this.poke(),
      tell: (container, type, reason, message) => context.recorder.event(this.#status.pod, type, reason, message, container.fieldPath),
    })
  }

  /** A newer version of the pod. */
  update(pod: Pod): void {
    this.#status.observe(pod)
    if (pod.metadata.deletionTimestamp !== undefined) this.#hasten(pod.metadata.deletionGracePeriodSeconds ?? defaultGraceSeconds)
    this.poke()
  }

  /** The object is gone from the API: what is left of the pod goes too. */
  remove(): void {
    this.#context.admission.release(this.#status.pod.metadata.uid)
    this.#isDeleted = true
    this.#hasten(Math.max(leastGraceSeconds, this.#status.pod.metadata.deletionGracePeriodSeconds ?? leastGraceSeconds))
    this.poke()
  }

  /** Something may have changed: look. */
  poke(): void {
    this.#isDirty = true
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
      if (this.#isDirty && !this.#context.signal.aborted && !this.#isGone) this.poke()
    })
  }

  /** A ConfigMap or Secret it refers to changed: what was wrong with a container's spec or a volume may be right now. */
  objectChanged(): void {
    this.#actions.retryMounts()
    for (const waits of this.#waiting.values()) if (waits.reason === 'CreateContainerConfigError') waits.retryAtMs = 0
    this.poke()
  }

  /** Ends the worker and leaves the pod as it is. */
  async stop(): Promise<void> {
    this.#probes.close()
    this.#timer.close()
    this.#actions.giveUp()
    await this.#running
  }

  #hasten(graceSeconds: number): void {
    this.#actions.giveUp()
    this.#deadline?.shorten(graceSeconds)
    this.#actions.shorten(graceSeconds)
  }

  async #run(): Promise<void> {
    const { signal, log, clock } = this.#context
    while (this.#isDirty && !signal.aborted && !this.#isGone) {
      this.#isDirty = false
      try {
        await this.#sync()
        this.#failures = 0
      } catch (error) {
        if (signal.aborted) return
        log.warn('a pod could not be brought to its state and will be tried again', { pod: identityOf(this.#status.pod), error })
        this.#timer.wakeAt(clock.now() + backoffMs(this.#failures++, retry))
      }
    }
  }

  async #sync(): Promise<void> {
    this.#timer.cancel()
    const pod = this.#status.pod
    if (this.#isDeleted || pod.metadata.deletionTimestamp !== undefined) return this.#terminate()
    if (isTerminalPhase(pod.status.phase)) return this.#retire(await this.#look())
    if (!this.#context.admission.has(pod.metadata.uid)) {
      const rejection = await this.#context.admission.admit(pod)
      if (rejection) return this.#reject(rejection)
    }
    const overdue = this.#overdue(pod)
    if (overdue) return this.#end(overdue)
    this.#context.objects.use(pod)
    for (let round = 0; round < maxRounds; round++) {
      // Deleted, or the agent stops: the next run, if there is one, knows what to do.
      if (this.#actions.hasGivenUp) return
      const view = await this.#look()
      const plan = this.#plan(view)
      this.#publish(view, plan)
      if (plan.hasEnded && plan.actions.length === 0) break
      if (!(await this.#actions.apply(plan, view))) {
        if (plan.actions.length > 0) this.#publish(await this.#look(), plan)
        this.#wakeAtNext(plan)
        return
      }
    }
    await this.#status.flush()
    this.#isDirty ||= isTerminalPhase(this.#status.pod.status.phase)
  }

  async #look(): Promise<PodView> {
    const { runtime } = this.#context
    const pod = this.#status.pod
    const { uid } = pod.metadata
    const [sandboxes, containers] = await Promise.all([runtime.listSandboxes(uid), runtime.listContainers(uid)])
    const view = { sandboxes, containers }
    const sandbox = activeSandboxOf(view)
    const podIp = sandbox?.hostNetwork ? this.#context.hostIps[0] : sandbox?.ip
    this.#probes.follow(
      pod,
      containers.filter((found) => found.state === 'running'),
      podIp ?? '127.0.0.1',
    )
    await this.#readMessages(containers)
    return view
  }

  async #readMessages(containers: readonly RuntimeContainer[]): Promise<void> {
    const specs = new Map(containersOf(this.#status.pod).map((container) => [container.spec.name, container.spec]))
    for (const found of containers)
      if (hasEnded(found) && !this.#messages.has(found.id))
        this.#messages.set(found.id, await terminationMessageOf(this.#context, found, specs.get(found.name)))
    const ids = new Set(containers.map((found) => found.id))
    for (const id of this.#messages.keys()) if (!ids.has(id)) this.#messages.delete(id)
  }

  #plan(view: PodView): PodPlan {
    const plan = planPod({
      pod: this.#status.pod,
      view,
      nowMs: this.#context.clock.now(),
      isStarted: this.#probes.isStarted,
      unhealthyReason: this.#probes.unhealthyReason,
    })
    for (const [name, waits] of plan.waiting) if (this.#waiting.get(name)?.reason !== waits.reason) this.#tellBackOff(name, waits)
    return plan
  }

  #tellBackOff(name: string, waits: WaitingReason): void {
    const pod = this.#status.pod
    const container = containersOf(pod).find((candidate) => candidate.spec.name === name)
    const { namespace, name: podName, uid } = pod.metadata
    const message = `Back-off restarting failed container ${name} in pod ${podName}_${namespace}(${uid})`
    this.#context.recorder.event(pod, 'Warning', 'BackOff', message, container?.fieldPath)
    this.#waiting.set(name, { ...waits, retryAtMs: 0 })
  }

  /** The pod ends by itself, whatever its containers do. */
  async #end(ended: NonNullable<PodStatusInput['ended']>): Promise<void> {
    await this.#stopContainers(await this.#look())
    this.#publish(await this.#look(), undefined, ended)
    await this.#status.flush()
    this.#isDirty ||= isTerminalPhase(this.#status.pod.status.phase)
  }

  /** The node does not take the pod: it has failed, and nothing of it was ever here. */
  async #reject({ reason, message }: Rejection): Promise<void> {
    this.#context.recorder.event(this.#status.pod, 'Warning', reason, message)
    this.#status.write((pod) => ({
      ...pod.status,
      observedGeneration: pod.metadata.generation,
      phase: 'Failed',
      reason,
      message: `Pod was rejected: ${message}`,
    }))
    await this.#status.flush()
    this.#isDirty ||= isTerminalPhase(this.#status.pod.status.phase)
  }

  /** An ended pod: its containers stay for their logs, the rest goes. */
  async #retire(view: PodView): Promise<void> {
    const { runtime, admission, objects, volumes, tokens, images, folders } = this.#context
    const { uid } = this.#status.pod.metadata
    if (view.containers.some((found) => found.state === 'running')) await this.#stopContainers(view)
    for (const sandbox of view.sandboxes) await runtime.removeSandbox(sandbox.id)
    this.#probes.stop()
    for (const part of [admission, objects, volumes, tokens, images]) part.forget(uid)
    await folders.remove(uid)
  }

  /** A deleted pod: everything stops in its time, the last status is told, everything goes, and then the object. */
  async #terminate(): Promise<void> {
    const { client, runtime } = this.#context
    const pod = this.#status.pod
    await this.#stopContainers(await this.#look())
    const stopped = await this.#look()
    if (!isTerminalPhase(pod.status.phase)) this.#publish(stopped, undefined, {})
    if (!this.#isDeleted) await this.#status.flush()
    await this.#retire(stopped)
    for (const found of stopped.containers) await runtime.removeContainer(found.id)
    this.#probes.stop()
    if (!this.#isDeleted)
      await client.delete(pods, keyOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } }).catch((error: unknown) => {
        if (!isApiError(error, 'NotFound', 'Conflict')) throw error
      })
    this.#isGone = true
    this.#onGone()
  }

  async #stopContainers(view: PodView): Promise<void> {
    const { metadata, spec } = this.#status.pod
    const given = metadata.deletionGracePeriodSeconds ?? (this.#isDeleted ? leastGraceSeconds : spec.terminationGracePeriodSeconds)
    const deadline = new Deadline(given ?? defaultGraceSeconds)
    this.#deadline = deadline
    try {
      await stopAllContainers(this.#context, this.#status.pod, { view, deadline })
    } finally {
      deadline.end()
      this.#deadline = undefined
    }
  }

  #overdue(pod: Pod): NonNullable<PodStatusInput['ended']> | undefined {
    const seconds = pod.spec.activeDeadlineSeconds
    if (seconds === undefined || pod.status.startTime === undefined) return undefined
    const dueAtMs = Date.parse(pod.status.startTime) + seconds * 1000
    if (dueAtMs > this.#context.clock.now()) return undefined
    const message = 'Pod was active on the node longer than the specified deadline'
    this.#context.recorder.event(pod, 'Normal', 'DeadlineExceeded', message)
    return { phase: 'Failed', reason: 'DeadlineExceeded', message }
  }

  #publish(view: PodView, plan: PodPlan | undefined, ended?: PodStatusInput['ended']): void {
    const waiting = new Map<string, WaitingReason>()
    for (const [name, { reason, message }] of [...this.#waiting, ...(plan?.waiting ?? [])])
      if (this.#doesWait(view, plan, name)) waiting.set(name, { reason, message })
    const { isStarted, isReady } = this.#probes
    const nowMs = this.#context.clock.now()
    this.#status.write((pod) => {
      const status = podStatusOf({
        pod,
        view,
        nowMs,
        hostIps: this.#context.hostIps,
        waiting,
        isStarted,
        isReady,
        terminationMessage: (found) => this.#messages.get(found.id),
        ended,
      })
      if (isTerminalPhase(status.phase)) this.#context.admission.release(pod.metadata.uid)
      return status
    })
  }

  /** A reason to wait holds only while there is no running container of the name. */
  #doesWait(view: PodView, plan: PodPlan | undefined, name: string): boolean {
    if (plan?.hasEnded) return false
    if (view.containers.some((found) => found.name === name && found.state === 'running')) return false
    return (
      plan === undefined ||
      plan.waiting.has(name) ||
      plan.actions.some((action) => action.type === 'createContainer' && action.container.spec.name === name)
    )
  }

  #wakeAtNext(plan: PodPlan): void {
    const { tokens, clock } = this.#context
    const pod = this.#status.pod
    const deadlineMs =
      pod.spec.activeDeadlineSeconds === undefined || pod.status.startTime === undefined
        ? undefined
        : Date.parse(pod.status.startTime) + pod.spec.activeDeadlineSeconds * 1000
    const retries = [...this.#waiting.values()].map((waits) => waits.retryAtMs).filter((atMs) => atMs > clock.now())
    const times = [plan.wakeAtMs, deadlineMs, tokens.nextRefreshAtMs(pod.metadata.uid), ...retries].filter((time) => time !== undefined)
    if (times.length > 0) this.#timer.wakeAt(Math.min(...times))
  }
}
