import type { V2HorizontalPodAutoscalerCondition } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

export type ConditionType = 'AbleToScale' | 'ScalingActive' | 'ScalingLimited'

/** The conditions of an autoscaler while it is worked out. A time changes only with its status. */
export class AutoscalerConditions {
  readonly #conditions: V2HorizontalPodAutoscalerCondition[]
  readonly #nowMs: number

  constructor(conditions: readonly V2HorizontalPodAutoscalerCondition[] | undefined, nowMs: number) {
    this.#conditions = [...(conditions ?? [])]
    this.#nowMs = nowMs
  }

  set(type: ConditionType, isTrue: boolean, reason: string, message: string): void {
    const status = isTrue ? 'True' : 'False'
    const at = this.#conditions.findIndex((condition) => condition.type === type)
    const old = this.#conditions[at]
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : timestamp(new Date(this.#nowMs))
    const condition = { type, status, reason, message, ...(lastTransitionTime ? { lastTransitionTime } : {}) }
    if (old) this.#conditions[at] = condition
    else this.#conditions.push(condition)
  }

  list(): V2HorizontalPodAutoscalerCondition[] {
    return this.#conditions
  }
}
