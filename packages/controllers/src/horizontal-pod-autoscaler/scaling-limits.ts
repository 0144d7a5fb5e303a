import type { V2HPAScalingRules } from '@quarterdeck/api'

import type { ScalingHistory } from './scaling-history.ts'

/** A number of replicas after a limit, and what the limit was. */
export interface Limited {
  replicas: number
  isLimited: boolean
  reason: string
  message: string
}

interface Bounds {
  current: number
  desired: number
  min: number
  max: number
}

const rateMessage = (direction: 'increasing' | 'decreasing'): string =>
  `the desired replica count is ${direction} faster than the maximum scale rate`
const tooMany = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' }
const tooFew = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' }
const within = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' }

/** Without behaviour policies: within the bounds, and at most doubled at a time (or 4, if that is more). */
export function limitPlainly({ current, desired, min, max }: Bounds): Limited {
  const rate = Math.max(2 * current, 4)
  const limit = max > rate ? { most: rate, reason: 'ScaleUpLimit', message: rateMessage('increasing') } : { most: max, ...tooMany }
  if (desired < min) return { replicas: min, isLimited: true, ...tooFew }
  if (desired > limit.most) return { replicas: limit.most, isLimited: true, reason: limit.reason, message: limit.message }
  return { replicas: desired, isLimited: false, ...within }
}

export interface Rules {
  scaleUp: V2HPAScalingRules
  scaleDown: V2HPAScalingRules
}

/** Within the bounds, and no faster than the behaviour policies allow, given what was changed of late. */
export function limitByRules(
  { current, desired, min, max }: Bounds,
  rules: Rules,
  { history, nowMs }: { history: ScalingHistory; nowMs: number },
): Limited {
  const changedWithin = (seconds: number): number => history.changeSince(nowMs - seconds * 1000)
  if (desired > current) {
    const rate = Math.max(current, upLimit(current, rules.scaleUp, changedWithin))
    const limit = max > rate ? { most: rate, reason: 'ScaleUpLimit', message: rateMessage('increasing') } : { most: max, ...tooMany }
    if (desired > limit.most) return { replicas: limit.most, isLimited: true, reason: limit.reason, message: limit.message }
  } else if (desired < current) {
    const rate = Math.min(current, downLimit(current, rules.scaleDown, changedWithin))
    const limit = min < rate ? { least: rate, reason: 'ScaleDownLimit', message: rateMessage('decreasing') } : { least: min, ...tooFew }
    if (desired < limit.least) return { replicas: limit.least, isLimited: true, reason: limit.reason, message: limit.message }
  }
  return { replicas: desired, isLimited: false, ...within }
}

type ChangedWithin = (seconds: number) => number

function upLimit(current: number, { selectPolicy, policies = [] }: V2HPAScalingRules, changedWithin: ChangedWithin): number {
  if (selectPolicy === 'Disabled') return current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const before = current - changedWithin(periodSeconds)
    // Rounded up: rounded down a small number would never grow.
    return type === 'Pods' ? before + value : Math.ceil(before * (1 + value / 100))
  })
  return selectPolicy === 'Min' ? Math.min(...proposals) : Math.max(...proposals)
}

function downLimit(current: number, { selectPolicy, policies = [] }: V2HPAScalingRules, changedWithin: ChangedWithin): number {
  if (selectPolicy === 'Disabled') return current
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const before = current - changedWithin(periodSeconds)
    return type === 'Pods' ? before - value : Math.trunc(before * (1 - value / 100))
  })
  return selectPolicy === 'Min' ? Math.max(...proposals) : Math.min(...proposals)
}
