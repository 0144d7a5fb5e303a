import type { Node, V1NodeSelector, V1NodeSelectorRequirement, V1NodeSelectorTerm } from '@quarterdeck/api'

/** Whether a node matches any of the terms. A selector without terms matches none. */
export function matchesNodeSelector(selector: V1NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** All requirements of a term must hold; a term without any matches nothing. */
export function matchesTerm({ matchExpressions = [], matchFields = [] }: V1NodeSelectorTerm, node: Node): boolean {
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
