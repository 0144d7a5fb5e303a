import type { Pod, V1ContainerRestartRule } from '@quarterdeck/api'
import type { RuntimeContainer } from '@quarterdeck/runtime'

import { restartRoundOf } from './container-labels.ts'
import { containersOf, exitCodeOf, hasEnded, type PodContainer, type PodView } from './pod-model.ts'

/** Whether a container that ended with this exit code is started again: its rules say so, or its own policy, or its pod's (KEP-5307). */
export function mayRestart(pod: Pod, container: PodContainer, exitCode: number): boolean {
  const { role, spec } = container
  if (role === 'sidecar' || matchingRule(container, exitCode)) return true
  const policy = spec.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
  if (policy === 'Always') return role === 'main' || exitCode !== 0
  return policy === 'OnFailure' && exitCode !== 0
}

function matchingRule({ spec }: PodContainer, exitCode: number): V1ContainerRestartRule | undefined {
  return spec.restartPolicyRules?.find(
    ({ exitCodes }) => exitCodes && (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In'),
  )
}

export const hasRestartAllRule = (pod: Pod): boolean =>
  containersOf(pod).some(({ spec }) => spec.restartPolicyRules?.some((rule) => rule.action === 'RestartAllContainers'))

/**
 * A pod whose containers are all restarted together (KEP-5532) goes through rounds. Every container notes the round it was
 * made in; one that ends by a rule to restart all ends its round. So a restart that was begun goes on after a kill.
 */
export interface RestartOfAll {
  /** The present round, 0 being the first. */
  round: number
  /** Whether this attempt is of a round before, and has to make way. */
  isOutdated(found: RuntimeContainer): boolean
  /** Whether it ended a round, and so waits out its own delay. */
  isCause(found: RuntimeContainer): boolean
}

export function restartOfAll(pod: Pod, view: PodView): RestartOfAll {
  const byName = new Map(hasRestartAllRule(pod) ? containersOf(pod).map((container) => [container.spec.name, container]) : [])
  const isCause = (found: RuntimeContainer): boolean => {
    const container = byName.get(found.name)
    return container !== undefined && hasEnded(found) && matchingRule(container, exitCodeOf(found))?.action === 'RestartAllContainers'
  }
  const round = Math.max(0, ...view.containers.map((found) => restartRoundOf(found) + (isCause(found) ? 1 : 0)))
  return { round, isCause, isOutdated: (found) => restartRoundOf(found) < round }
}
