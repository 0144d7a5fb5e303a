import type { V1LabelSelector, V1PodAffinityTerm, V1PodSpec } from '../generated/types.ts'

type Labels = { [key: string]: string }

/**
 * Turns matchLabelKeys and mismatchLabelKeys of a new Pod into requirements of the selectors beside them, by the labels that the Pod
 * has: whoever reads the Pod later needs to know only selectors (KEP-3633, KEP-3243). In place.
 */
export function mergeLabelKeys(spec: V1PodSpec, labels: Labels = {}): void {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  for (const affinity of [podAffinity, podAntiAffinity]) {
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) mergeTerm(term, labels)
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) mergeTerm(podAffinityTerm, labels)
  }
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints ?? []) merge(labelSelector, matchLabelKeys, 'In', labels)
}

function mergeTerm(term: V1PodAffinityTerm | undefined, labels: Labels): void {
  merge(term?.labelSelector, term?.matchLabelKeys, 'In', labels)
  merge(term?.labelSelector, term?.mismatchLabelKeys, 'NotIn', labels)
}

/** Without a selector nothing is selected, and nothing can be taken from that. */
function merge(selector: V1LabelSelector | undefined, keys: readonly string[] = [], operator: 'In' | 'NotIn', labels: Labels): void {
  if (!selector) return
  const required = keys.flatMap((key) => (labels[key] === undefined ? [] : [{ key, operator, values: [labels[key]] }]))
  if (required.length > 0) selector.matchExpressions = [...(selector.matchExpressions ?? []), ...required]
}
