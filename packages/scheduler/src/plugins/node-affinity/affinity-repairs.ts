import { matchesNodeSelectorTerm, type Node, type Pod, type V1NodeSelectorRequirement, type V1NodeSelectorTerm } from '@quarterdeck/api'

import { changeOfSpec, relabelling, type Change, type Repair } from '../../framework/change.ts'

/** What can be done about labels that don't match: the Pod asks for others, or the node gets them. */
export function nodeAffinityRepairs({ spec }: Pod, node: Node): Repair[] {
  const labels = node.metadata.labels ?? {}
  const missing = Object.entries(spec.nodeSelector ?? {}).filter(([key, value]) => labels[key] !== value)
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  const unmet = terms.length > 0 && !terms.some((term) => matchesNodeSelectorTerm(term, node))
  const onNode = (term: V1NodeSelectorTerm | undefined): Repair[] => {
    const wanted = term ? labelsFor(term, node) : {}
    return wanted ? [[relabelling(node, { ...Object.fromEntries(missing), ...wanted })]] : []
  }
  const onPod: Change[] = missing.map(([key, value]) => selectorChange(key, value, labels[key]))
  if (!unmet) return [onPod, ...onNode(undefined)]
  return terms.flatMap((term, index) => {
    const changes = failing(term, node).map((requirement) => requirementChange(index, requirement, labels[requirement.key]))
    return [[...onPod, ...changes], ...onNode(term)]
  })
}

function selectorChange(key: string, value: string, there: string | undefined): Change {
  const text =
    there === undefined
      ? `drop ${key}=${value} from the node selector`
      : `ask for ${key}=${there} instead of ${key}=${value} in the node selector`
  return changeOfSpec({ key: text, family: `selector ${key}`, size: there === undefined ? 2 : 1, text }, ({ nodeSelector = {} }) => {
    const { [key]: _dropped, ...others } = nodeSelector
    return { nodeSelector: there === undefined ? others : { ...others, [key]: there } }
  })
}

const failing = ({ matchExpressions = [] }: V1NodeSelectorTerm, node: Node): V1NodeSelectorRequirement[] =>
  matchExpressions.filter((requirement) => !matchesNodeSelectorTerm({ matchExpressions: [requirement] }, node))

/** Labels that the term wants; undefined if labels can't help. */
function labelsFor(term: V1NodeSelectorTerm, node: Node): Record<string, string | undefined> | undefined {
  const { matchFields = [] } = term
  if (matchFields.length > 0 && !matchesNodeSelectorTerm({ matchFields }, node)) return undefined
  const labels: Record<string, string | undefined> = {}
  for (const { key, operator, values = [] } of failing(term, node)) {
    if (operator === 'In') labels[key] = values[0]
    else if (operator === 'Exists') labels[key] = ''
    else if (operator === 'NotIn' || operator === 'DoesNotExist') labels[key] = undefined
    else return undefined
  }
  return labels
}

/** A requirement of one of the required terms is widened, or dropped. */
function requirementChange(term: number, requirement: V1NodeSelectorRequirement, there: string | undefined): Change {
  const { key, operator, values = [] } = requirement
  const widens = operator === 'In' && there !== undefined
  const said = `${key} ${operator}${values.length > 0 ? ` ${values.join(', ')}` : ''}`
  const text = widens
    ? `accept ${key}=${there} too in the required node affinity (${said})`
    : `drop ${said} from the required node affinity`
  const isIt = (other: V1NodeSelectorRequirement): boolean => JSON.stringify(other) === JSON.stringify(requirement)
  return changeOfSpec({ key: `${text} ${term}`, family: `affinity ${term} ${said}`, size: widens ? 1 : 2, text }, ({ affinity }) => {
    const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    const changed = required?.nodeSelectorTerms.flatMap((old, index) => {
      if (index !== term) return [old]
      const matchExpressions = (old.matchExpressions ?? []).flatMap((other) => {
        if (!isIt(other)) return [other]
        return widens ? [{ ...other, values: [...values, there] }] : []
      })
      return matchExpressions.length + (old.matchFields?.length ?? 0) > 0 ? [{ ...old, matchExpressions }] : []
    })
    const { requiredDuringSchedulingIgnoredDuringExecution: _old, ...preferred } = affinity?.nodeAffinity ?? {}
    // A term without requirements would match nothing: it takes the whole demand along.
    const isKept = changed?.length === required?.nodeSelectorTerms.length
    const kept = isKept && changed ? { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: changed } } : {}
    return { affinity: { ...affinity, nodeAffinity: { ...preferred, ...kept } } }
  })
}
