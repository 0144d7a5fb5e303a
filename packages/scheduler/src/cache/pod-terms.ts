import type { Pod, V1PodAffinityTerm } from '@quarterdeck/api'

import { createPodMatcher, type PodMatcher } from './pod-matcher.ts'

/** One term of a Pod's affinity or anti-affinity to other Pods. */
export interface PodTerm {
  readonly matcher: PodMatcher
  readonly topologyKey: string
  /** 1…100 of a preferred term; 0 of a required one. */
  readonly weight: number
}

export interface PodTerms {
  readonly requiredAffinity: readonly PodTerm[]
  readonly requiredAntiAffinity: readonly PodTerm[]
  readonly preferredAffinity: readonly PodTerm[]
  readonly preferredAntiAffinity: readonly PodTerm[]
}

const none: readonly PodTerm[] = []
export const noTerms: PodTerms = {
  requiredAffinity: none,
  requiredAntiAffinity: none,
  preferredAffinity: none,
  preferredAntiAffinity: none,
}

/** The server has merged matchLabelKeys and mismatchLabelKeys into the selectors when the Pod was created. */
export function podTermsOf({ metadata, spec }: Pod): PodTerms {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {}
  if (!podAffinity && !podAntiAffinity) return noTerms
  const required = (terms: readonly V1PodAffinityTerm[] = []): PodTerm[] => terms.map((term) => termOf(term, metadata.namespace, 0))
  const preferred = (terms: readonly { weight: number; podAffinityTerm: V1PodAffinityTerm }[] = []): PodTerm[] =>
    terms.map(({ weight, podAffinityTerm }) => termOf(podAffinityTerm, metadata.namespace, weight))
  return {
    requiredAffinity: required(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: required(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: preferred(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    preferredAntiAffinity: preferred(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
  }
}

function termOf(term: V1PodAffinityTerm, namespace: string, weight: number): PodTerm {
  const { namespaces = [], namespaceSelector, labelSelector, topologyKey } = term
  const named = namespaces.length === 0 && !namespaceSelector ? [namespace] : namespaces
  return { matcher: createPodMatcher(named, labelSelector, namespaceSelector), topologyKey, weight }
}
