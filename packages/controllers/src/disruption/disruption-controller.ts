import { isDeepStrictEqual } from 'node:util'

import { podDisruptionBudgets, pods, withFailedSync, type Kind, type Pod, type PodDisruptionBudget } from '@quarterdeck/api'
import { formatLabelSelector, isApiError, keyOf, matchesLabelSelector, requirementsOf, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  watch,
  withoutUndefined,
  type Cache,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { indexPodsByLabel, podsMatching } from '../pods/pods-by-label.ts'
import { planBudget, type BudgetPlan, type BudgetStatus, type WantedByController } from './plan-budget.ts'
import { wantedByScale } from './wanted-by-scale.ts'

/** Keeps in the status of every disruption budget how many of its pods may be evicted now. */
export function createDisruptionController(kinds: () => readonly Kind[]): Controller {
  const scalable = kinds().filter((kind) => kind.scale && !kind.storedAs)
  return defineController({
    name: 'disruption',
    component: 'controllermanager',
    primary: podDisruptionBudgets,
    watches: [watch(pods, ({ object, old }, { cache }) => guarding(cache(podDisruptionBudgets), object, old))],
    reads: scalable,
    indexes: [indexPodsByLabel],
    writes: [podDisruptionBudgets],
    batchMs: 100,
    reconcile: (key, ctx) => reconcile(key, ctx, wantedByScale(scalable, ctx)),
  })
}

/** A pod leaves a budget when its labels change. */
function* guarding(cache: Cache<PodDisruptionBudget>, pod: Pod, old: Pod | undefined): Iterable<ObjectKey> {
  for (const budget of cache.list(pod.metadata.namespace)) if (guards(budget, pod) || (old && guards(budget, old))) yield keyOf(budget)
}

const guards = ({ spec }: PodDisruptionBudget, pod: Pod): boolean =>
  spec?.selector !== undefined && matchesLabelSelector(spec.selector, pod.metadata.labels)

async function reconcile(key: ObjectKey, ctx: ReconcileContext, wantedBy: WantedByController): Promise<ReconcileResult> {
  const budget = ctx.cache(podDisruptionBudgets).get(key)
  if (!budget) return done
  const nowMs = ctx.clock.now()
  const { selector } = budget.spec ?? {}
  const guarded = selector ? podsMatching(ctx.cache(pods), key.namespace, requirementsOf(selector)) : []
  if (guarded.length === 0) ctx.recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found')
  let plan: BudgetPlan
  try {
    plan = planBudget(budget, guarded, { wantedBy, nowMs })
  } catch (error) {
    const { message } = error as Error
    ctx.recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', `Failed to calculate the number of expected pods: ${message}`)
    await store(ctx, budget, withFailedSync(budget.status ?? {}, message, nowMs))
    return done
  }
  tell(ctx, budget, plan)
  await store(ctx, budget, plan.status)
  return plan.lookAgainInMs === undefined ? done : again(plan.lookAgainInMs)
}

function tell({ recorder }: ReconcileContext, budget: PodDisruptionBudget, { unmanaged, notDeleted }: BudgetPlan): void {
  if (unmanaged.length > 0)
    recorder.event(
      budget,
      'Warning',
      'UnmanagedPods',
      `Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(budget.spec?.selector ?? {})}) have no controller, so that their ` +
        'share of the pods that should be there is not known. To count them too give .spec.minAvailable as a number.',
    )
  const { namespace, name } = budget.metadata
  for (const pod of notDeleted)
    recorder.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`)
}

/** A budget that an eviction has taken from meanwhile is worked out again: its event enqueues it. */
async function store({ client }: ReconcileContext, budget: PodDisruptionBudget, status: BudgetStatus): Promise<void> {
  if (isDeepStrictEqual(withoutUndefined(status), withoutUndefined(budget.status ?? {}))) return
  try {
    await client.update(podDisruptionBudgets, { ...budget, status }, { subresource: 'status' })
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
}
