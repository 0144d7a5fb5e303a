import { badRequest, type ApiError } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { labelValueErrors, qualifiedNameErrors } from './names.ts'
import { checkSelectorLength, checkTerms } from './selector-limits.ts'

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
      return value !== undefined && includes(requirement.values, value)
    case 'NotIn':
      return value === undefined || !includes(requirement.values, value)
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

/** From so many values on a set is faster than the list. */
const manyValues = 16
const setsOfValues = new WeakMap<readonly string[], ReadonlySet<string>>()

function includes(values: readonly string[], value: string): boolean {
  if (values.length < manyValues) return values.includes(value)
  let set = setsOfValues.get(values)
  if (!set) setsOfValues.set(values, (set = new Set(values)))
  return set.has(value)
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
  checkSelectorLength(text)
  const terms = splitTerms(text)
  checkTerms(terms)
  return terms.map((term) => parseTerm(term.trim()))
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

const setTerm = /^([^\s!=<>(),]+)\s+(in|notin)\s*\(([^()]*)\)$/
const comparison = /^([^\s!=<>(),]+)\s*(==|=|!=|>|<)\s*([^\s!=<>(),]*)$/
const existence = /^(!?)\s*([^\s!=<>(),]+)$/

/** The term stands without spaces around it: no expression has two ways to match the same spaces. */
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
  throw unparsable(`found '${boundedText(term, 256)}', expected: identifier, '!', 'in', 'notin', '=', '==', '!=', '>', '<'`)
}

const unparsable = (why: string): ApiError => badRequest(`unable to parse requirement: ${why}`)
const shown = (text: string): string => JSON.stringify(boundedText(text, 256))

function checked(requirement: Requirement): Requirement {
  const { key, operator, values } = requirement
  const keyErrors = qualifiedNameErrors(key)
  if (keyErrors.length > 0) throw unparsable(`<nil>: Invalid value: ${shown(key)}: ${keyErrors.join('; ')}`)
  const at = `values[0][${key}]: Invalid value: `
  for (const value of values) {
    if (operator === 'Gt' || operator === 'Lt') {
      if (!isInteger(value)) throw unparsable(`${at}${shown(value)}: for 'Gt', 'Lt' operators, the value must be an integer`)
      continue
    }
    const valueErrors = labelValueErrors(value)
    if (valueErrors.length > 0) throw unparsable(`${at}${shown(value)}: ${valueErrors.join('; ')}`)
  }
  return requirement
}
