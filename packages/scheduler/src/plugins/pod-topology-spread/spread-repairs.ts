import type { NodeInfo } from '../../cache/node-info.ts'
import { changeOfSpec, relabelling, type Change, type Repair } from '../../framework/change.ts'
import { describeMatcher } from '../describe-matcher.ts'
import type { SpreadConstraint } from './spread-constraint.ts'

/** A constraint that the node violates, with the skew there would be; undefined: the node has no such label. */
export interface Violated {
  constraint: SpreadConstraint
  skew: number | undefined
  domains: readonly string[]
}

/** What can be done about an uneven spread: a greater skew is allowed, the constraint only preferred, or the node given the label it lacks. */
export function spreadRepairs(violated: readonly Violated[], { node }: NodeInfo): Repair[] {
  const softer = violated.map(({ constraint }) => changed(constraint, 'whenUnsatisfiable', 'ScheduleAnyway'))
  const unlabelled = violated.filter(({ skew }) => skew === undefined)
  if (unlabelled.length === 0) {
    const wider = violated.map(({ constraint, skew = 0 }) => changed(constraint, 'maxSkew', skew))
    const counted = violated.every(({ constraint }) => constraint.minDomains > 1)
    return [wider, softer, ...(counted ? [violated.map(({ constraint }) => changed(constraint, 'minDomains', undefined))] : [])]
  }
  const [first] = unlabelled
  const domains = first && unlabelled.length === violated.length && violated.length === 1 ? first.domains : []
  return [softer, ...domains.slice(0, 5).map((value) => [relabelling(node, { [first!.constraint.topologyKey]: value })])]
}

type Field = 'whenUnsatisfiable' | 'maxSkew' | 'minDomains'

function changed({ topologyKey, matcher, maxSkew, minDomains }: SpreadConstraint, field: Field, to: string | number | undefined): Change {
  const over = `the spread over ${topologyKey} of pods with ${describeMatcher(matcher)}`
  const texts: Readonly<Record<Field, string>> = {
    whenUnsatisfiable: `set whenUnsatisfiable of ${over} to ScheduleAnyway`,
    maxSkew: `raise maxSkew of ${over} from ${maxSkew} to ${to}`,
    minDomains: `drop minDomains (${minDomains}) of ${over}`,
  }
  const text = texts[field]
  const size = field === 'maxSkew' ? Number(to) - maxSkew : 1
  return changeOfSpec({ key: text, family: `${field} ${over}`, size, text }, ({ topologySpreadConstraints = [] }) => ({
    topologySpreadConstraints: topologySpreadConstraints.map((constraint) => {
      const isIt =
        constraint.topologyKey === topologyKey && constraint.maxSkew === maxSkew && constraint.whenUnsatisfiable === 'DoNotSchedule'
      if (!isIt) return constraint
      const { [field]: _old, ...others } = constraint
      return { ...others, ...(to === undefined ? {} : { [field]: to }) } as typeof constraint
    }),
  }))
}
