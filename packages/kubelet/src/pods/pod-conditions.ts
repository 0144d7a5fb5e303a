import type { Pod, V1PodCondition } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

import { isTerminalPhase } from './pod-model.ts'

export interface ConditionInput {
  pod: Pod
  phase: string
  nowMs: number
  hasSandbox: boolean
  /** Names of init containers that are not done. */
  incompleteInit: readonly string[]
  unready: readonly string[]
  /** Whether all containers are being restarted; undefined where no rule can ask for it. */
  restartsAll: boolean | undefined
}

type Verdict = Pick<V1PodCondition, 'type' | 'status' | 'reason' | 'message'>

/** The conditions a kubelet owns, followed by those of others as they are. A time changes only with its status. */
export function podConditionsOf(input: ConditionInput): V1PodCondition[] {
  const { pod } = input
  const before = new Map((pod.status.conditions ?? []).map((condition) => [condition.type, condition]))
  const own = verdictsOf(input).map((verdict): V1PodCondition => {
    const old = before.get(verdict.type)
    before.delete(verdict.type)
    const now = timestamp(new Date(input.nowMs))
    return {
      lastProbeTime: old?.lastProbeTime,
      ...verdict,
      observedGeneration: pod.metadata.generation,
      lastTransitionTime: old?.status === verdict.status ? (old.lastTransitionTime ?? now) : now,
    }
  })
  return [...own, ...before.values()]
}

function verdictsOf(input: ConditionInput): Verdict[] {
  const containersReady = containersReadyOf(input)
  return [
    { type: 'PodReadyToStartContainers', status: input.hasSandbox ? 'True' : 'False' },
    initializedOf(input),
    readyOf(input, containersReady),
    containersReady,
    { type: 'PodScheduled', status: 'True' },
    ...(input.restartsAll === undefined ? [] : [restartingOf(input.phase, input.restartsAll)]),
  ]
}

function restartingOf(phase: string, restartsAll: boolean): Verdict {
  const type = 'AllContainersRestarting'
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  if (!restartsAll) return { type, status: 'False' }
  return { type, status: 'True', reason: 'RestartAllContainersStarted', message: 'container exited with restart policy rule' }
}

function initializedOf({ phase, incompleteInit }: ConditionInput): Verdict {
  if (phase === 'Succeeded') return { type: 'Initialized', status: 'True', reason: 'PodCompleted' }
  if (incompleteInit.length === 0) return { type: 'Initialized', status: 'True' }
  return {
    type: 'Initialized',
    status: 'False',
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: [${incompleteInit.join(' ')}]`,
  }
}

function containersReadyOf({ phase, unready }: ConditionInput): Verdict {
  const type = 'ContainersReady'
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' }
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' }
  if (unready.length === 0) return { type, status: 'True' }
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
}

function readyOf({ pod, phase }: ConditionInput, containersReady: Verdict): Verdict {
  if (containersReady.status !== 'True' || isTerminalPhase(phase)) return { ...containersReady, type: 'Ready' }
  const missing = (pod.spec.readinessGates ?? [])
    .map((gate) => ({ type: gate.conditionType, found: pod.status.conditions?.find((c) => c.type === gate.conditionType) }))
    .filter(({ found }) => found?.status !== 'True')
  if (missing.length === 0) return { type: 'Ready', status: 'True' }
  const messages = missing.map(({ type, found }) =>
    found
      ? `the status of pod readiness gate "${type}" is not "True", but ${found.status}`
      : `corresponding condition of pod readiness gate "${type}" does not exist.`,
  )
  return { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: messages.join(', ') }
}
