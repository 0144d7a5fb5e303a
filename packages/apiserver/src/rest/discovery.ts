import type { Kind } from '@quarterdeck/api'

import type { ApiServer } from '../api-server.ts'
import { notServed, verbsOf } from '../endpoints/endpoint-table.ts'
import type { KindRegistry } from '../kind-registry.ts'

type Served = Pick<ApiServer, 'core' | 'endpoints'>

/** The group versions served, core first. */
function groupVersionsOf(registry: KindRegistry): string[] {
  return [...new Set(registry.servedKinds.map((kind) => kind.apiVersion))]
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

export function groupList({ core: { registry } }: Served): unknown {
  const groups = [...new Set(groupVersionsOf(registry).map(groupOf))].filter((group) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupObject(registry, group)) }
}

/** Throws NotFound for a group that is not served. */
export function apiGroup({ core: { registry } }: Served, group: string): unknown {
  const found = groupObject(registry, group)
  if (!found) throw notServed()
  return { kind: 'APIGroup', apiVersion: 'v1', ...found }
}

const gvkOf = ({ group, version, kind }: Kind): object => ({ group, version, kind })

function namesOf({ shortNames, categories }: Kind): object {
  return { ...(shortNames.length > 0 ? { shortNames } : {}), ...(categories.length > 0 ? { categories } : {}) }
}

/** Throws NotFound for a group version that is not served. */
export function resourceList({ core: { registry }, endpoints }: Served, apiVersion: string): unknown {
  const kinds = registry.servedKinds.filter((kind) => kind.apiVersion === apiVersion)
  if (kinds.length === 0) throw notServed()
  const resources = kinds.flatMap((kind) => {
    const namespaced = kind.scope === 'Namespaced'
    return [
      { name: kind.plural, singularName: kind.singular, namespaced, kind: kind.kind, verbs: kind.verbs, ...namesOf(kind) },
      ...endpoints.subresourcesOf(kind).map((subresource) => {
        const { speaks } = subresource
        const elsewhere = speaks && { group: speaks.group, version: speaks.version }
        const own = { kind: speaks?.kind ?? kind.kind, verbs: verbsOf(subresource) }
        const isElsewhere = elsewhere && (elsewhere.group !== kind.group || elsewhere.version !== kind.version)
        return { name: `${kind.plural}/${subresource.name}`, singularName: '', namespaced, ...(isElsewhere ? elsewhere : {}), ...own }
      }),
    ]
  })
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources }
}

/** apidiscovery.k8s.io APIGroupDiscoveryList: of the core group, or of all others. */
export function aggregatedDiscovery(served: Served, options: { core: boolean; version: string }): unknown {
  const versions = groupVersionsOf(served.core.registry).filter((apiVersion) => !apiVersion.includes('/') === options.core)
  const groups = [...new Set(versions.map(groupOf))]
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${options.version}`,
    metadata: {},
    items: groups.map((group) => ({
      metadata: group ? { name: group } : {},
      versions: versions.filter((apiVersion) => groupOf(apiVersion) === group).map((apiVersion) => versionDiscovery(served, apiVersion)),
    })),
  }
}

function versionDiscovery({ core: { registry }, endpoints }: Served, apiVersion: string): unknown {
  const kinds = registry.servedKinds.filter((kind) => kind.apiVersion === apiVersion)
  return {
    version: versionOf(apiVersion),
    freshness: 'Current',
    resources: kinds.map((kind) => {
      const subresources = endpoints.subresourcesOf(kind).map((subresource) => ({
        subresource: subresource.name,
        responseKind: gvkOf(subresource.speaks ?? kind),
        verbs: verbsOf(subresource),
      }))
      return {
        resource: kind.plural,
        responseKind: gvkOf(kind),
        scope: kind.scope,
        singularResource: kind.singular,
        verbs: kind.verbs,
        ...namesOf(kind),
        ...(subresources.length > 0 ? { subresources } : {}),
      }
    }),
  }
}
