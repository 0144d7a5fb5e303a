import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Change, Repair } from '../framework/change.ts'
import type { FilterRun } from './filter-run.ts'

/** Changes that together may let a Pod fit. */
export interface ChangePlan {
  changes: readonly Change[]
  /** Where it would fit, if a node has to change. */
  node: string | undefined
}

/** Changes in one plan. */
export const mostChanges = 2
/** Ways to combine repairs on one node that are looked at. */
const mostCombinations = 32

/** What could be done for the Pod to fit on one node: for each filter that says no, one of its repairs. Empty: nothing small helps. */
export function plansFor(pod: PodInfo, node: NodeInfo, run: FilterRun): ChangePlan[] {
  let combinations: ReadonlyMap<string, Change>[] = [new Map()]
  for (const { plugin } of run.allRejecting(node)) {
    const repairs = plugin.repairs?.(pod, node, run.state) ?? []
    combinations = combinations
      .flatMap((done) => repairs.flatMap((repair) => merged(done, repair) ?? []))
      .filter(({ size }) => size <= mostChanges)
      .slice(0, mostCombinations)
  }
  return combinations.flatMap((combination) => {
    const changes = [...combination.values()]
    if (changes.length === 0) return []
    return [{ changes, node: changes.some((change) => change.node) ? node.name : undefined }]
  })
}

function merged(done: ReadonlyMap<string, Change>, repair: Repair): Map<string, Change> | undefined {
  if (repair.length === 0) return undefined
  const all = new Map(done)
  for (const change of repair) all.set(change.key, change)
  return all
}

const familyOf = ({ changes }: ChangePlan): string =>
  changes
    .map(({ family }) => family)
    .toSorted()
    .join('\n')

export const planKeyOf = ({ changes }: ChangePlan): string =>
  changes
    .map(({ key }) => key)
    .toSorted()
    .join('\n')

const sizeOf = ({ changes }: ChangePlan): number => changes.reduce((sum, { size }) => sum + size, 0)

/** The smallest plans of each family: thousands of nodes make thousands of plans, of which few are worth trying. */
export class PlanShortlist {
  readonly #families = new Map<string, Map<string, ChangePlan>>()

  /** How many of a family are kept: some may turn out not to help. */
  static readonly perFamily = 3

  add(plan: ChangePlan): void {
    const family = familyOf(plan)
    const known = this.#families.get(family) ?? new Map<string, ChangePlan>()
    this.#families.set(family, known)
    const key = planKeyOf(plan)
    if (known.has(key)) return
    known.set(key, plan)
    if (known.size <= PlanShortlist.perFamily) return
    const [largest] = [...known].toSorted(([, a], [, b]) => sizeOf(b) - sizeOf(a))
    if (largest) known.delete(largest[0])
  }

  /** By family, the smallest first in each; families with fewer changes first, of equal ones those that change the Pod alone. */
  families(): ChangePlan[][] {
    return [...this.#families.values()]
      .map((plans) => [...plans.values()].toSorted((a, b) => sizeOf(a) - sizeOf(b)))
      .toSorted(([a], [b]) => rankOf(a!) - rankOf(b!) || sizeOf(a!) - sizeOf(b!))
  }
}

const rankOf = ({ changes }: ChangePlan): number => changes.length * 10 + changes.filter(({ node, leaving }) => node || leaving).length
