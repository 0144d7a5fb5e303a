import type { V1LabelSelector } from '@quarterdeck/api'
import { matchesRequirements, requirementsOf, type Labels, type Requirement } from '@quarterdeck/api-machinery'

/** Labels of a namespace; undefined if it isn't known. */
export type NamespaceLabels = (namespace: string) => Labels | undefined

/** Which Pods a term or constraint means. */
export interface PodMatcher {
  /** Equal matchers have equal ids. */
  readonly id: string
  readonly namespaces: ReadonlySet<string>
  /** Further namespaces, by their labels; undefined: none. */
  readonly namespaceRequirements: readonly Requirement[] | undefined
  /** Undefined: no Pod. */
  readonly requirements: readonly Requirement[] | undefined
}

export interface Matchable {
  readonly namespace: string
  readonly labels: Labels
}

export function createPodMatcher(
  namespaces: Iterable<string>,
  selector: V1LabelSelector | undefined,
  namespaceSelector?: V1LabelSelector,
): PodMatcher {
  return matcherOf(namespaces, selector && requirementsOf(selector), namespaceSelector && requirementsOf(namespaceSelector))
}

/** As createPodMatcher, from requirements. */
export function matcherOf(
  namespaces: Iterable<string>,
  requirements: readonly Requirement[] | undefined,
  namespaceRequirements?: readonly Requirement[],
): PodMatcher {
  const sorted = [...new Set(namespaces)].toSorted()
  return {
    id: JSON.stringify([sorted, namespaceRequirements ?? 0, requirements ?? 0]),
    namespaces: new Set(sorted),
    namespaceRequirements,
    requirements,
  }
}

export function matchesPod(matcher: PodMatcher, pod: Matchable, labelsOf: NamespaceLabels): boolean {
  const { requirements, namespaceRequirements } = matcher
  if (!requirements) return false
  if (!matcher.namespaces.has(pod.namespace)) {
    if (!namespaceRequirements || !matchesRequirements(namespaceRequirements, labelsOf(pod.namespace))) return false
  }
  return matchesRequirements(requirements, pod.labels)
}
