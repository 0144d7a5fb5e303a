import type { V1NodeSelector, V1NodeSelectorRequirement, V1NodeSelectorTerm, V1PodSpec } from '../generated/types.ts'
import type { Node } from '../kinds/node.ts'

/** Whether a node matches any of the terms. A selector without terms matches none. */
export function matchesNodeSelector(selector: V1NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, node))
}

/** Whether a pod of this spec may be on the node as far as its node selector and its required node affinity say. */
export function matchesNodeAffinity({ nodeSelector, affinity }: V1PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return (
    Object.entries(nodeSelector ?? {}).every(([key, value]) => labels[key] === value) && (!required || matchesNodeSelector(required, node))
  )
}

/** All requirements of a term must hold; a term without any matches nothing. */
export function matchesNodeSelectorTerm({ matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const labels = node.metadata.labels ?? {}
  return (
    matchExpressions.every((requirement) => holds(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => holds(requirement, requirement.key === 'metadata.name' ? node.metadata.name : undefined))
  )
}

function holds({ operator, values = [] }: V1NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return isNumber(value) && isNumber(values[0]) && BigInt(value) > BigInt(values[0])
    case 'Lt':
      return isNumber(value) && isNumber(values[0]) && BigInt(value) < BigInt(values[0])
    default:
      return false
  }
}

const isNumber = (text: string | undefined): text is string => text !== undefined && /^-?\d+$/.test(text)
