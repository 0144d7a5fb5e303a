import { isDeepStrictEqual } from 'node:util'

import { invalidField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1NodeSelectorTerm, V1PodSpec } from '../generated/types.ts'

/** Where a gated pod may go can still be narrowed while no scheduler has looked at it, and not widened (KEP-3838). */
export function validateNarrowing(spec: V1PodSpec, old: V1PodSpec): FieldError[] {
  return [...validateNodeSelector(spec, old), ...validateTerms(requiredTerms(spec), requiredTerms(old))]
}

function validateNodeSelector({ nodeSelector = {} }: V1PodSpec, { nodeSelector: old = {} }: V1PodSpec): FieldError[] {
  const isKept = Object.entries(old).every(([key, value]) => nodeSelector[key] === value)
  return isKept
    ? []
    : [invalidField('spec.nodeSelector', nodeSelector, 'only additions to spec.nodeSelector are allowed (no mutations or deletions)')]
}

const termsField = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'

const requiredTerms = ({ affinity }: V1PodSpec): V1NodeSelectorTerm[] =>
  affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []

/** Terms are alternatives, so that another one would widen; what a term asks for adds up, so that more of it narrows. */
function validateTerms(terms: V1NodeSelectorTerm[], old: V1NodeSelectorTerm[]): FieldError[] {
  if (old.length === 0) return []
  if (terms.length !== old.length)
    return [invalidField(termsField, terms, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed')]
  return terms.flatMap((term, i) =>
    isNarrower(term, old[i] ?? {})
      ? []
      : [invalidField(`${termsField}[${i}]`, term, 'only additions are allowed (no mutations or deletions)')],
  )
}

/** A term that asks for nothing matches nothing, which nothing can narrow. */
function isNarrower(term: V1NodeSelectorTerm, old: V1NodeSelectorTerm): boolean {
  const [expressions, fields] = [term.matchExpressions ?? [], term.matchFields ?? []]
  const [oldExpressions, oldFields] = [old.matchExpressions ?? [], old.matchFields ?? []]
  if (oldExpressions.length + oldFields.length === 0) return expressions.length + fields.length === 0
  return beginsWith(expressions, oldExpressions) && beginsWith(fields, oldFields)
}

const beginsWith = (list: readonly unknown[], start: readonly unknown[]): boolean => isDeepStrictEqual(list.slice(0, start.length), start)
