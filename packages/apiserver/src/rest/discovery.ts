import type { Kind } from '@quarterdeck/api'
import { ApiError } from '@quarterdeck/api-machinery'

import type { KindRegistry } from '../kind-registry.ts'

interface SubresourceInfo {
  name: string
  kind: string
  group: string
  version: string
  verbs: string[]
}

/** The subresources a kind offers, as discovery lists them. */
function subresourcesOf(kind: Kind): SubresourceInfo[] {
  const own = { kind: kind.kind, group: kind.group, version: kind.version }
  const list: SubresourceInfo[] = []
  if (kind.resource === 'pods') {
    list.push({ name: 'binding', kind: 'Binding', group: '', version: 'v1', verbs: ['create'] })
    list.push({ name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] })
    list.push({ name: 'log', ...own, verbs: ['get'] }, { name: 'scheduling', ...own, verbs: ['get'] })
  }
  if (kind.resource === 'serviceaccounts')
    list.push({ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] })
  if (kind.resource === 'namespaces') list.push({ name: 'finalize', ...own, verbs: ['update'] })
  if (kind.scale) list.push({ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: ['get', 'patch', 'update'] })
  if (kind.hasStatus) list.push({ name: 'status', ...own, verbs: ['get', 'patch', 'update'] })
  return list
}

/** Kinds that are posted and answered, never stored. */
const reviewResources: Record<string, { name: string; kind: string; namespaced: boolean }[]> = {
  'authentication.k8s.io/v1': [
    { name: 'selfsubjectreviews', kind: 'SelfSubjectReview', namespaced: false },
    { name: 'tokenreviews', kind: 'TokenReview', namespaced: false },
  ],
  'authorization.k8s.io/v1': [
    { name: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', namespaced: true },
    { name: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview', namespaced: false },
    { name: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview', namespaced: false },
    { name: 'subjectaccessreviews', kind: 'SubjectAccessReview', namespaced: false },
  ],
}

/** The group versions served, core first. */
function groupVersionsOf(registry: KindRegistry): string[] {
  return [...new Set([...registry.servedKinds.map((kind) => kind.apiVersion), ...Object.keys(reviewResources)])]
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1)
}

export function legacyVersions(address: string): unknown {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }] }
}

function groupObject(registry: KindRegistry, group: string): Record<string, unknown> | undefined {
  const versions = groupVersionsOf(registry)
    .filter((apiVersion) => apiVersion.includes('/') && groupOf(apiVersion) === group)
    .map((groupVersion) => ({ groupVersion, version: versionOf(groupVersion) }))
  return versions.length > 0 ? { name: group, versions, preferredVersion: versions[0] } : undefined
}

export function groupList(registry: KindRegistry): unknown {
  const groups = [...new Set(groupVersionsOf(registry).map(groupOf))].filter((group) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupObject(registry, group)) }
}

/** Throws NotFound for a group that is not served. */
export function apiGroup(registry: KindRegistry, group: string): unknown {
  const found = groupObject(registry, group)
  if (!found) throw notServed()
  return { kind: 'APIGroup', apiVersion: 'v1', ...found }
}

/** Throws NotFound for a group version that is not served. */
export function resourceList(registry: KindRegistry, apiVersion: string): unknown {
  const kinds = registry.servedKinds.filter((kind) => kind.apiVersion === apiVersion)
  const reviews = reviewResources[apiVersion] ?? []
  if (kinds.length + reviews.length === 0) throw notServed()
  const resources = kinds.flatMap((kind) => [
    {
      name: kind.plural,
      singularName: kind.singular,
      namespaced: kind.scope === 'Namespaced',
      kind: kind.kind,
      verbs: kind.verbs,
      ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
      ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    },
    ...subresourcesOf(kind).map((s) => ({
      name: `${kind.plural}/${s.name}`,
      singularName: '',
      namespaced: kind.scope === 'Namespaced',
      ...(s.group === kind.group && s.version === kind.version ? {} : { group: s.group, version: s.version }),
      kind: s.kind,
      verbs: s.verbs,
    })),
  ])
  const posted = reviews.map((r) => ({
    name: r.name,
    singularName: r.kind.toLowerCase(),
    namespaced: r.namespaced,
    kind: r.kind,
    verbs: ['create'],
  }))
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [...resources, ...posted] }
}

/** apidiscovery.k8s.io APIGroupDiscoveryList: of the core group, or of all others. */
export function aggregatedDiscovery(registry: KindRegistry, options: { core: boolean; version: string }): unknown {
  const versions = groupVersionsOf(registry).filter((apiVersion) => !apiVersion.includes('/') === options.core)
  const groups = [...new Set(versions.map(groupOf))]
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${options.version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group ? { name: group } : {},
      versions: versions.filter((apiVersion) => groupOf(apiVersion) === group).map((apiVersion) => versionDiscovery(registry, apiVersion)),
    })),
  }
}

function versionDiscovery(registry: KindRegistry, apiVersion: string): unknown {
  const kinds = registry.servedKinds.filter((kind) => kind.apiVersion === apiVersion)
  const [group, version] = [groupOf(apiVersion), versionOf(apiVersion)]
  return {
    version,
    freshness: 'Current',
    resources: [
      ...kinds.map((kind) => ({
        resource: kind.plural,
        responseKind: { group, version, kind: kind.kind },
        scope: kind.scope,
        singularResource: kind.singular,
        verbs: kind.verbs,
        ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
        ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
        ...(subresourcesOf(kind).length > 0
          ? {
              subresources: subresourcesOf(kind).map((s) => ({
                subresource: s.name,
                responseKind: { group: s.group, version: s.version, kind: s.kind },
                verbs: s.verbs,
              })),
            }
          : {}),
      })),
      ...(reviewResources[apiVersion] ?? []).map((r) => ({
        resource: r.name,
        responseKind: { group, version, kind: r.kind },
        scope: r.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: r.kind.toLowerCase(),
        verbs: ['create'],
      })),
    ],
  }
}

export function notServed(what = ''): ApiError {
  return new ApiError('NotFound', `the server could not find the requested resource${what && `: ${what} is not served`}`, {})
}
