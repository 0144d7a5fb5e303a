import type { Pod } from '@quarterdeck/api'
import type { RuntimeContainer, Sandbox } from '@quarterdeck/runtime'

import { recordedHashOf, specHashOf, type RestartNotes } from './container-labels.ts'
import {
  activeSandboxOf,
  attemptsOf,
  containersOf,
  exitCodeOf,
  hasEnded,
  hasSucceeded,
  initContainersOf,
  latestOf,
  mainContainersOf,
  type PodContainer,
  type PodView,
  statusOfContainer,
} from './pod-model.ts'
import { restartTimeOf } from './restart-delay.ts'
import { mayRestart, restartOfAll, type RestartOfAll } from './restart-policy.ts'

export type PodAction =
  | { type: 'createSandbox'; attempt: number }
  | { type: 'removeSandbox'; sandbox: Sandbox }
  | { type: 'createContainer'; container: PodContainer; attempt: number; sandbox: Sandbox; notes: RestartNotes }
  /** Made before the agent was killed, never started. */
  | { type: 'startContainer'; container: PodContainer; found: RuntimeContainer }
  | { type: 'stopContainer'; found: RuntimeContainer; message: string }
  | { type: 'removeContainer'; found: RuntimeContainer }

export interface WaitingReason {
  reason: string
  message: string
}

export interface PodPlan {
  /** In order; what follows from their outcome is planned when they are done. */
  actions: PodAction[]
  /** Containers that wait for their restart, by name. */
  waiting: Map<string, WaitingReason>
  /** When there is more to do though nothing happens. */
  wakeAtMs: number | undefined
  /** Nothing will run again: the pod has ended. */
  hasEnded: boolean
}

export interface PlanInput {
  pod: Pod
  view: PodView
  nowMs: number
  /** The running container passed its startup probe, or has none. */
  isStarted: (containerId: string) => boolean
  /** Why a running container must be restarted: its liveness or startup probe failed too often. */
  unhealthyReason: (containerId: string) => string | undefined
}

const keptAttempts = 2

/** What must change for a pod that is meant to run. No I/O: a table of cases tests it. */
export function planPod(input: PlanInput): PodPlan {
  const plan: PodPlan = { actions: [], waiting: new Map(), wakeAtMs: undefined, hasEnded: false }
  const { pod, view } = input
  const sandbox = activeSandboxOf(view)
  const all = restartOfAll(pod, view)
  const outdated = view.containers.filter((found) => found.state === 'running' && all.isOutdated(found))
  if (hasPodEnded(pod, view, all)) {
    plan.hasEnded = true
    planRemains(view, plan)
  } else if (!sandbox) {
    planSandbox(view, plan)
  } else {
    for (const other of view.sandboxes) if (other !== sandbox) plan.actions.push({ type: 'removeSandbox', sandbox: other })
    const context: Context = { input, plan, sandbox, all }
    if (outdated.length > 0)
      for (const found of outdated)
        plan.actions.push({ type: 'stopContainer', found, message: `Container ${found.name} will be restarted with all others of its pod` })
    else if (planInitContainers(context)) for (const container of mainContainersOf(pod)) planContainer(context, container)
  }
  planOldAttempts(pod, view, plan)
  return plan
}

interface Context {
  input: PlanInput
  plan: PodPlan
  sandbox: Sandbox
  all: RestartOfAll
}

/** Every main container ended for good, or an init container did without success. */
function hasPodEnded(pod: Pod, view: PodView, all: RestartOfAll): boolean {
  const hasEndedForGood = (container: PodContainer, latest: RuntimeContainer | undefined): boolean =>
    latest !== undefined && hasEnded(latest) && !mayRestart(pod, container, exitCodeOf(latest)) && !all.isOutdated(latest)
  const failedInit = initContainersOf(pod).some((container) => {
    const latest = latestOf(view, container.spec.name)
    return container.role === 'init' && latest && !hasSucceeded(latest) && hasEndedForGood(container, latest)
  })
  if (failedInit) return true
  return mainContainersOf(pod).every((container) => hasEndedForGood(container, latestOf(view, container.spec.name)))
}

/** The containers stay for their logs; whatever still runs (sidecars) and the sandbox go. */
function planRemains(view: PodView, plan: PodPlan): void {
  for (const found of view.containers)
    if (found.state === 'running') plan.actions.push({ type: 'stopContainer', found, message: `Stopping container ${found.name}` })
  for (const sandbox of view.sandboxes) plan.actions.push({ type: 'removeSandbox', sandbox })
}

/** Containers cannot move to another sandbox: those of a dead one are stopped. */
function planSandbox(view: PodView, plan: PodPlan): void {
  for (const found of view.containers)
    if (found.state === 'running')
      plan.actions.push({ type: 'stopContainer', found, message: 'Pod sandbox changed, it will be killed and re-created.' })
    else if (!hasEnded(found)) plan.actions.push({ type: 'removeContainer', found })
  for (const sandbox of view.sandboxes) plan.actions.push({ type: 'removeSandbox', sandbox })
  const attempts = view.sandboxes.map((sandbox) => sandbox.attempt)
  plan.actions.push({ type: 'createSandbox', attempt: Math.max(-1, ...attempts) + 1 })
}

/** Whether the main containers may run. Once one was made in this sandbox, ended init containers need not be there any more. */
function planInitContainers(context: Context): boolean {
  const { input, sandbox, all } = context
  const { pod, view } = input
  const mainNames = new Set(pod.spec.containers.map((spec) => spec.name))
  const isPast = view.containers.some((found) => found.sandboxId === sandbox.id && mainNames.has(found.name) && !all.isOutdated(found))
  for (const container of initContainersOf(pod)) {
    const latest = latestIn(view, container.spec.name, sandbox)
    if (container.role === 'init') {
      if (isPast || (latest && hasSucceeded(latest) && !all.isOutdated(latest))) continue
      planContainer(context, container)
      return false
    }
    planContainer(context, container)
    if (!isPast && !(latest?.state === 'running' && input.isStarted(latest.id))) return false
  }
  return true
}

const latestIn = (view: PodView, name: string, sandbox: Sandbox): RuntimeContainer | undefined => {
  const latest = latestOf(view, name)
  return latest?.sandboxId === sandbox.id ? latest : undefined
}

function planContainer(context: Context, container: PodContainer): void {
  const { input, plan, sandbox, all } = context
  const { pod, view } = input
  const { name } = container.spec
  const latest = latestOf(view, name)
  if (!latest) {
    const told = statusOfContainer(pod, container)
    const attempt = told?.containerID ? (told.restartCount ?? 0) + 1 : 0
    plan.actions.push({ type: 'createContainer', container, attempt, sandbox, notes: { restartDelayMs: 0, restartRound: all.round } })
  } else if (hasEnded(latest)) {
    // With a new sandbox init containers run again, and so do containers that may be restarted.
    const isOfThisSandbox = latest.sandboxId === sandbox.id
    const isDone = (isOfThisSandbox || container.role === 'main') && !mayRestart(pod, container, exitCodeOf(latest))
    if (!isDone || all.isOutdated(latest)) planRestart(context, container, latest)
  } else if (latest.state === 'created') {
    plan.actions.push(
      latest.sandboxId === sandbox.id ? { type: 'startContainer', container, found: latest } : { type: 'removeContainer', found: latest },
    )
  } else {
    const reason = restartReasonOf(input, container, latest)
    if (reason) plan.actions.push({ type: 'stopContainer', found: latest, message: reason })
  }
}

function restartReasonOf(input: PlanInput, container: PodContainer, running: RuntimeContainer): string | undefined {
  const { name } = container.spec
  if (recordedHashOf(running) !== specHashOf(container.spec)) return `Container ${name} definition changed, will be restarted`
  const unhealthy = input.unhealthyReason(running.id)
  return unhealthy && `Container ${name} ${unhealthy}, will be restarted`
}

function planRestart({ input, plan, sandbox, all }: Context, container: PodContainer, ended: RuntimeContainer): void {
  const time = restartTimeOf(ended)
  const isFaultless = all.isOutdated(ended) && !all.isCause(ended)
  if (isFaultless || time.dueAtMs <= input.nowMs) {
    plan.actions.push({
      type: 'createContainer',
      container,
      attempt: ended.attempt + 1,
      sandbox,
      notes: { restartDelayMs: isFaultless ? time.delayMs : time.nextDelayMs, restartRound: all.round },
    })
    return
  }
  const { namespace, name, uid } = input.pod.metadata
  const delay = formatSeconds(time.delayMs)
  plan.waiting.set(container.spec.name, {
    reason: 'CrashLoopBackOff',
    message: `back-off ${delay} restarting failed container=${container.spec.name} pod=${name}_${namespace}(${uid})`,
  })
  plan.wakeAtMs = Math.min(plan.wakeAtMs ?? Infinity, time.dueAtMs)
}

/** As Go prints a duration: `10s`, `2m40s`, `5m0s`. */
export function formatSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

/** The last two attempts are kept for their state and their log. */
function planOldAttempts(pod: Pod, view: PodView, plan: PodPlan): void {
  const names = new Set([...containersOf(pod).map((container) => container.spec.name), ...view.containers.map((c) => c.name)])
  for (const name of names)
    for (const found of attemptsOf(view, name).slice(keptAttempts))
      if (found.state !== 'running') plan.actions.push({ type: 'removeContainer', found })
}
