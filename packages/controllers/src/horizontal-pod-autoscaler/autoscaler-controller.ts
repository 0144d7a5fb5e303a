import { isDeepStrictEqual } from 'node:util'

import { horizontalPodAutoscalers, nodeUsages, pods, type HorizontalPodAutoscaler, type Kind, type Pod } from '@quarterdeck/api'
import { isApiError, keyString, matchesRequirements, parseLabelSelector, timestamp, type KubeObject } from '@quarterdeck/api-machinery'
import { again, defineController, done, withoutUndefined, type Controller, type ReconcileContext } from '@quarterdeck/controller-runtime'

import { indexPodsByLabel, podsMatching } from '../pods/pods-by-label.ts'
import { AutoscalerConditions } from './autoscaler-conditions.ts'
import { agentMetrics, type MetricsSource } from './metrics-source.ts'
import { planReplicas, type ReplicasPlan } from './plan-replicas.ts'
import { defaultTimes } from './replica-calculator.ts'
import { ScalingHistory } from './scaling-history.ts'

export interface AutoscalerOptions {
  /** How often each autoscaler is worked out. */
  periodMs?: number
  /** Where figures come from; the agents' own by default. */
  metrics?: (ctx: ReconcileContext) => MetricsSource
}

const defaultPeriodMs = 15_000

/** Scales what has a scale subresource by what its pods use. */
export function createAutoscalerController(kinds: () => readonly Kind[], options: AutoscalerOptions = {}): Controller {
  const { periodMs = defaultPeriodMs, metrics = (ctx) => agentMetrics(ctx.cache(nodeUsages), ctx.clock.now()) } = options
  const scalable = kinds().filter((kind) => kind.scale && !kind.storedAs)
  const histories = new Map<string, ScalingHistory>()
  const looks = new Map<string, Look>()
  return defineController({
    name: 'horizontalpodautoscaler',
    component: 'horizontal-pod-autoscaler',
    primary: horizontalPodAutoscalers,
    reads: [pods, nodeUsages, ...scalable],
    indexes: [indexPodsByLabel],
    writes: [horizontalPodAutoscalers, ...scalable],
    reconcile: async (key, ctx) => {
      const autoscaler = ctx.cache(horizontalPodAutoscalers).get(key)
      const id = keyString(key)
      if (!autoscaler) {
        histories.delete(id)
        looks.delete(id)
        return done
      }
      const nowMs = ctx.clock.now()
      const leftMs = timeLeftMs(looks.get(id), autoscaler, nowMs - periodMs)
      if (leftMs > 0) return again(leftMs)
      looks.set(id, { atMs: nowMs, spec: autoscaler.spec })
      await new Reconciliation(autoscaler, { ctx, scalable, histories, source: metrics(ctx) }).run()
      return again(periodMs)
    },
  })
}

interface Look {
  atMs: number
  spec: HorizontalPodAutoscaler['spec']
}

/** Its own status is an event too: unless its spec changed only the time says when to look again. */
function timeLeftMs(last: Look | undefined, { spec }: HorizontalPodAutoscaler, dueIfBeforeMs: number): number {
  return last && isDeepStrictEqual(last.spec, spec) ? last.atMs - dueIfBeforeMs : 0
}

interface Surroundings {
  ctx: ReconcileContext
  scalable: readonly Kind[]
  histories: Map<string, ScalingHistory>
  source: MetricsSource
}

interface Target {
  kind: Kind
  object: KubeObject
  wanted: number
  existing: number
  selector: string
}

/** One look at one autoscaler. */
class Reconciliation {
  readonly #autoscaler: HorizontalPodAutoscaler
  readonly #conditions: AutoscalerConditions
  readonly #surroundings: Surroundings
  readonly #nowMs: number

  constructor(autoscaler: HorizontalPodAutoscaler, surroundings: Surroundings) {
    this.#autoscaler = autoscaler
    this.#surroundings = surroundings
    this.#nowMs = surroundings.ctx.clock.now()
    this.#conditions = new AutoscalerConditions(autoscaler.status?.conditions, this.#nowMs)
  }

  async run(): Promise<void> {
    const target = await this.#target()
    if (!target) return
    const history = this.#historyOf(target)
    const selected = await this.#selectedPods(target)
    if (!selected) return
    const plan = await planReplicas({
      autoscaler: this.#autoscaler,
      pods: selected,
      replicas: { wanted: target.wanted, existing: target.existing },
      source: this.#surroundings.source,
      times: { nowMs: this.#nowMs, ...defaultTimes },
      conditions: this.#conditions,
      history,
      nowMs: this.#nowMs,
    })
    await this.#act(target, plan, history)
  }

  /** What is scaled; undefined, and told, if it cannot be had. */
  async #target(): Promise<Target | undefined> {
    const { ctx, scalable } = this.#surroundings
    const { kind: kindName, name, apiVersion = '' } = this.#autoscaler.spec.scaleTargetRef
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    const kind = scalable.find((k) => k.kind === kindName && k.group === group)
    try {
      if (!kind?.scale) throw new Error(`no matches for kind ${JSON.stringify(kindName)} in group ${JSON.stringify(group)}`)
      const object = await ctx.client.get(kind, { namespace: this.#autoscaler.metadata.namespace, name })
      this.#conditions.set('AbleToScale', true, 'SucceededGetScale', "the HPA controller was able to get the target's current scale")
      const { scale } = kind
      return { kind, object, wanted: scale.replicas(object), existing: scale.statusReplicas(object), selector: scale.selector(object) }
    } catch (error) {
      const { message } = error as Error
      this.#tell('Warning', 'FailedGetScale', message)
      this.#conditions.set(
        'AbleToScale',
        false,
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${message}`,
      )
      await this.#store({})
      return undefined
    }
  }

  #historyOf({ wanted }: Target): ScalingHistory {
    const { histories } = this.#surroundings
    const key = keyString({ namespace: this.#autoscaler.metadata.namespace, name: this.#autoscaler.metadata.name })
    let history = histories.get(key)
    if (!history) histories.set(key, (history = new ScalingHistory(wanted, this.#nowMs)))
    return history
  }

  /** The pods of the target; undefined, and told, if they are not its alone. */
  async #selectedPods({ selector, wanted }: Target): Promise<Pod[] | undefined> {
    const { ctx } = this.#surroundings
    if (!selector) {
      await this.#invalidSelector(
        'SelectorRequired',
        { event: 'selector is required', condition: "the HPA target's scale is missing a selector" },
        wanted,
      )
      return undefined
    }
    const requirements = parseLabelSelector(selector)
    const { namespace } = this.#autoscaler.metadata
    const selected = podsMatching(ctx.cache(pods), namespace, requirements)
    const rivals = this.#rivalsFor(selected)
    if (rivals.length === 0) return selected
    const own = `${namespace}/${this.#autoscaler.metadata.name}`
    const message = `pods by selector ${selector} are controlled by multiple HPAs: [${[own, ...rivals].join(' ')}]`
    await this.#invalidSelector('AmbiguousSelector', { event: message, condition: message }, wanted)
    return undefined
  }

  /** Other autoscalers whose targets select any of these pods. */
  #rivalsFor(selected: readonly Pod[]): string[] {
    const { ctx, scalable } = this.#surroundings
    const { namespace, uid } = this.#autoscaler.metadata
    return ctx
      .cache(horizontalPodAutoscalers)
      .list(namespace)
      .filter((other) => {
        if (other.metadata.uid === uid) return false
        const { kind: kindName, name } = other.spec.scaleTargetRef
        const kind = scalable.find((k) => k.kind === kindName)
        const object = kind && ctx.cache(kind).get({ namespace, name })
        const selector = object && kind.scale?.selector(object)
        if (!selector) return false
        const requirements = parseLabelSelector(selector)
        return selected.some((pod) => matchesRequirements(requirements, pod.metadata.labels))
      })
      .map((other) => `${namespace}/${other.metadata.name}`)
  }

  async #invalidSelector(
    reason: string,
    { event, condition }: { event: string; condition: string },
    currentReplicas: number,
  ): Promise<void> {
    this.#tell('Warning', reason, event)
    this.#conditions.set('ScalingActive', false, reason === 'SelectorRequired' ? 'InvalidSelector' : reason, condition)
    await this.#store({ currentReplicas })
  }

  async #act(target: Target, { replicas, reason, statuses, problem }: ReplicasPlan, history: ScalingHistory): Promise<void> {
    if (problem) {
      this.#tell('Warning', problem.first.reason, problem.first.why)
      this.#tell('Warning', 'FailedComputeMetricsReplicas', problem.message)
    }
    const measured = { currentReplicas: target.wanted, currentMetrics: statuses }
    if (replicas === target.wanted) {
      const isKnown = !problem || reason !== ''
      return this.#store({ ...measured, ...(isKnown || statuses.length === 0 ? { desiredReplicas: replicas } : {}) })
    }
    try {
      await this.#scale(target, replicas)
    } catch (error) {
      const { message } = error as Error
      this.#tell('Warning', 'FailedRescale', `New size: ${replicas}; reason: ${reason}; error: ${message}`)
      this.#conditions.set(
        'AbleToScale',
        false,
        'FailedUpdateScale',
        `the HPA controller was unable to update the target scale: ${message}`,
      )
      return this.#store(measured)
    }
    this.#conditions.set('AbleToScale', true, 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`)
    this.#tell('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`)
    history.changed(replicas - target.wanted, this.#nowMs)
    await this.#store({ ...measured, desiredReplicas: replicas, lastScaleTime: timestamp(new Date(this.#nowMs)) })
  }

  /** Another writer of the target does not matter, as long as it is not its scale that was written. */
  async #scale({ kind, object, wanted }: Target, replicas: number): Promise<void> {
    const { client } = this.#surroundings.ctx
    for (let latest = object, attempts = 1; ; attempts++) {
      const next = structuredClone(latest)
      kind.scale!.setReplicas(next, replicas)
      try {
        await client.update(kind, next)
        return
      } catch (error) {
        if (!isApiError(error, 'Conflict') || attempts === 5) throw error
        latest = await client.get(kind, { namespace: object.metadata.namespace ?? '', name: object.metadata.name })
        if (kind.scale!.replicas(latest) !== wanted) throw error
      }
    }
  }

  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#surroundings.ctx.recorder.event(this.#autoscaler, type, reason, message)
  }

  async #store(change: Partial<HorizontalPodAutoscaler['status']>): Promise<void> {
    const { client } = this.#surroundings.ctx
    const old = this.#autoscaler.status
    const status = { ...old, ...change, conditions: this.#conditions.list() }
    if (isDeepStrictEqual(withoutUndefined(status), withoutUndefined(old ?? {}))) return
    try {
      await client.update(horizontalPodAutoscalers, { ...this.#autoscaler, status }, { subresource: 'status' })
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error
    }
  }
}
