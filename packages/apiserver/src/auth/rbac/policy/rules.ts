import type { V1PolicyRule } from '@quarterdeck/api'

/** Verbs as lists of words. */
export const read = 'get list watch'
export const write = 'create delete deletecollection patch update'
export const readWrite = `${read} ${write}`
export const readUpdate = `${read} patch update`

/** A rule of resources: verbs, groups (`core` for the core group) and resources as lists of words, in order as Kubernetes has them. */
export function on(verbs: string, groups: string, resources: string, resourceNames: readonly string[] = []): V1PolicyRule {
  return {
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    ...(resourceNames.length > 0 ? { resourceNames: [...resourceNames] } : {}),
    resources: words(resources),
    verbs: words(verbs),
  }
}

/** A rule of paths that may be read. */
export function paths(list: string): V1PolicyRule {
  return { nonResourceURLs: words(list), verbs: ['get'] }
}

export const eventsRule = (): V1PolicyRule => on('create patch update', 'core events.k8s.io', 'events')

const words = (list: string): string[] => list.split(/\s+/).filter(Boolean).toSorted()
