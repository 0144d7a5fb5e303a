import type {
  Pod,
  V1ContainerStatus,
  V1JobSpec,
  V1PodCondition,
  V1PodFailurePolicyOnExitCodesRequirement,
  V1PodFailurePolicyRule,
} from '@quarterdeck/api'

/** What a Job makes of one failed Pod. */
export interface FailureVerdict {
  action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore'
  /** Why the Job fails; set for FailJob only. */
  message?: string
}

const counted: FailureVerdict = { action: 'Count' }

/** The first rule that matches decides; without one the failure counts. */
export function judgeFailure(spec: V1JobSpec, pod: Pod): FailureVerdict {
  for (const [i, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const verdict = judgeByRule(rule, i, pod)
    if (verdict) return verdict
  }
  return counted
}

function judgeByRule(rule: V1PodFailurePolicyRule, ruleIndex: number, pod: Pod): FailureVerdict | undefined {
  const action = rule.action as FailureVerdict['action']
  const { namespace, name } = pod.metadata
  const matching = `matching ${action} rule at index ${ruleIndex}`
  if (rule.onExitCodes) {
    const container = matchingContainer(pod, rule.onExitCodes)
    if (!container) return undefined
    const exitCode = container.state?.terminated?.exitCode
    return verdictOf(action, `Container ${container.name} for pod ${namespace}/${name} failed with exit code ${exitCode} ${matching}`)
  }
  const condition = matchingCondition(pod, rule)
  return condition && verdictOf(action, `Pod ${namespace}/${name} has condition ${condition.type} ${matching}`)
}

function verdictOf(action: FailureVerdict['action'], message: string): FailureVerdict {
  return action === 'FailJob' ? { action, message } : { action }
}

function matchingContainer(pod: Pod, requirement: V1PodFailurePolicyOnExitCodesRequirement): V1ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  return [...containerStatuses, ...initContainerStatuses].find(({ name, state }) => {
    const exitCode = state?.terminated?.exitCode ?? 0
    if (exitCode === 0 || (requirement.containerName !== undefined && requirement.containerName !== name)) return false
    return requirement.values.includes(exitCode) === (requirement.operator === 'In')
  })
}

function matchingCondition(pod: Pod, rule: V1PodFailurePolicyRule): V1PodCondition | undefined {
  return pod.status.conditions?.find(({ type, status }) =>
    rule.onPodConditions?.some((pattern) => pattern.type === type && (pattern.status ?? 'True') === status),
  )
}
