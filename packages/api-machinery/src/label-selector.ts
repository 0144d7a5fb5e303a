import { badRequest } from './api-error.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'

/** metav1.LabelSelector. */
export interface LabelSelector {
  matchLabels?: Record<string, string> | undefined
  matchExpressions?: { key: string; operator: string; values?: string[] | undefined }[] | undefined
}

export type Labels = Readonly<Record<string, string>>

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'

/** One term of a selector; all terms must hold. */
export interface Requirement {
  key: string
  operator: Operator
  values: readonly string[]
}

/** Whether every requirement holds. An absent label satisfies NotIn and DoesNotExist. */
export function matchesRequirements(requirements: readonly Requirement[], labels: Labels | undefined): boolean {
  return requirements.every((r) => holds(r, labels && Object.hasOwn(labels, r.key) ? labels[r.key] : undefined))
}

function holds(requirement: Requirement, value: string | undefined): boolean {
  switch (requirement.operator) {
    case 'In':
      return value !== undefined && requirement.values.includes(value)
    case 'NotIn':
      return value === undefined || !requirement.values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return isInteger(value) && Number(value) > Number(requirement.values[0])
    case 'Lt':
      return isInteger(value) && Number(value) < Number(requirement.values[0])
  }
}

function isInteger(value: string | undefined): boolean {
  return value !== undefined && /^-?\d+$/.test(value)
}

/** The requirements of a LabelSelector object. An operator that is none of the four never gets past validation. */
export function requirementsOf(selector: LabelSelector): Requirement[] {
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => ({ key, operator: 'In', values: [value] })),
    ...(selector.matchExpressions ?? []).map((e): Requirement => ({
      key: e.key,
      operator: e.operator as Operator,
      values: e.values ?? [],
    })),
  ]
}

/** An absent selector matches nothing, an empty one everything (metav1.LabelSelectorAsSelector). */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selector !== undefined && matchesRequirements(requirementsOf(selector), labels)
}

/** Whether a plain label map (of a Service or ReplicationController) selects: an empty or absent map selects nothing. */
export function matchesLabelMap(map: Labels | undefined, labels: Labels | undefined): boolean {
  const entries = Object.entries(map ?? {})
  return entries.length > 0 && entries.every(([key, value]) => labels?.[key] === value)
}

/** The selector as text, the way Scale.status.selector and `kubectl get -o wide` show it. Sorted by key. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  if (!selector) return '<none>'
  return requirementsOf(selector)
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(formatRequirement)
    .join(',')
}

function formatRequirement(r: Requirement): string {
  const values = `(${r.values.toSorted().join(',')})`
  switch (r.operator) {
    case 'In':
      return r.values.length === 1 ? `${r.key}=${r.values[0]}` : `${r.key} in ${values}`
    case 'NotIn':
      return `${r.key} notin ${values}`
    case 'Exists':
      return r.key
    case 'DoesNotExist':
      return `!${r.key}`
    case 'Gt':
      return `${r.key}>${r.values[0]}`
    case 'Lt':
      return `${r.key}<${r.values[0]}`
  }
}

/** Parses selector text (`a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`). Throws BadRequest. */
export function parseLabelSelector(text: string): Requirement[] {
  return splitTerms(text).map(parseTerm)
}

/** Splits at commas that are not inside parentheses. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let depth = 0
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '(') depth++
    else if (c === ')') depth--
    else if (c === ',' && depth === 0) {
      terms.push(text.slice(start, i))
      start = i + 1
    }
  }
  if (depth !== 0) throw badRequest(`unable to parse requirement: found '', expected: ',', or ')'`)
  terms.push(text.slice(start))
  if (terms.length === 1 && terms[0]!.trim() === '') return []
  return terms
}

const setTerm = /^\s*([^\s!=<>(),]+)\s+(in|notin)\s*\(([^()]*)\)\s*$/
const comparison = /^\s*([^\s!=<>(),]+)\s*(==|=|!=|>|<)\s*([^\s!=<>(),]*)\s*$/
const existence = /^\s*(!?)\s*([^\s!=<>(),]+)\s*$/

function parseTerm(term: string): Requirement {
  const set = setTerm.exec(term)
  if (set) return checked({ key: set[1]!, operator: set[2] === 'in' ? 'In' : 'NotIn', values: set[3]!.split(',').map((v) => v.trim()) })
  const compared = comparison.exec(term)
  if (compared) {
    const operators: Record<string, Operator> = { '=': 'In', '==': 'In', '!=': 'NotIn', '>': 'Gt', '<': 'Lt' }
    return checked({ key: compared[1]!, operator: operators[compared[2]!]!, values: [compared[3]!] })
  }
  const exists = existence.exec(term)
  if (exists) return checked({ key: exists[2]!, operator: exists[1] ? 'DoesNotExist' : 'Exists', values: [] })
  throw badRequest(
    `unable to parse requirement: found '${term.trim()}', expected: identifier, '!', 'in', 'notin', '=', '==', '!=', '>', '<'`,
  )
}

function checked(requirement: Requirement): Requirement {
  const keyErrors = qualifiedNameErrors(requirement.key)
  if (keyErrors.length > 0)
    throw badRequest(`unable to parse requirement: <nil>: Invalid value: ${JSON.stringify(requirement.key)}: ${keyErrors.join('; ')}`)
  for (const value of requirement.values) {
    if (requirement.operator === 'Gt' || requirement.operator === 'Lt') {
      if (!isInteger(value))
        throw badRequest(
          `unable to parse requirement: values[0][${requirement.key}]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
        )
      continue
    }
    const valueErrors = labelValueErrors(value)
    if (valueErrors.length > 0)
      throw badRequest(
        `unable to parse requirement: values[0][${requirement.key}]: Invalid value: ${JSON.stringify(value)}: ${valueErrors.join('; ')}`,
      )
  }
  return requirement
}
