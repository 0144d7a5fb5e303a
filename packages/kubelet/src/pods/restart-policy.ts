import type { Pod, V1ContainerRestartRule } from '@quarterdeck/api'

import { attemptsOf, containersOf, exitCodeOf, hasEnded, type PodContainer, type PodView } from './pod-model.ts'

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

/** What the last container that ended by a rule to restart all of its pod (KEP-5532) means for the others. */
export interface RestartOfAll {
  /** Whether this attempt was there before, and has to make way. */
  isOutdated(found: { createdAtMs: number }): boolean
  /** Whether a container waits out its own delay, as the one that asked for the restart does. */
  isCause(id: string): boolean
}

/** Derived from nothing but what the runtime has, so that it goes on after a kill. */
export function restartOfAll(pod: Pod, view: PodView): RestartOfAll {
  let atMs = 0
  const causes = new Set<string>()
  if (hasRestartAllRule(pod))
    for (const container of containersOf(pod))
      for (const found of attemptsOf(view, container.spec.name)) {
        if (!hasEnded(found) || matchingRule(container, exitCodeOf(found))?.action !== 'RestartAllContainers') continue
        causes.add(found.id)
        atMs = Math.max(atMs, found.finishedAtMs ?? found.createdAtMs)
      }
  return { isOutdated: ({ createdAtMs }) => createdAtMs < atMs, isCause: (id) => causes.has(id) }
}
