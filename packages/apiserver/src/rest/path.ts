import type { Kind } from '@quarterdeck/api'

import type { KindRegistry } from '../kind-registry.ts'

/** What a path under /api or /apis names. */
export type ApiPath =
  | { type: 'legacy-versions' }
  | { type: 'groups' }
  | { type: 'group'; group: string }
  | { type: 'resources'; apiVersion: string }
  | { type: 'resource'; kind: Kind; namespace: string; name: string; subresource: string; isWatch: boolean }
  | { type: 'review'; apiVersion: string; plural: string; namespace: string }

/** Plurals that are only ever posted to and never stored. */
const reviews = new Set([
  'selfsubjectreviews',
  'tokenreviews',
  'selfsubjectaccessreviews',
  'subjectaccessreviews',
  'localsubjectaccessreviews',
  'selfsubjectrulesreviews',
])

/** Undefined for a path that nothing is served at. `path` has no query and is still percent-encoded. */
export function parsePath(path: string, registry: KindRegistry): ApiPath | undefined {
  const segments = decodeSegments(path)
  if (!segments) return undefined
  const [root, ...rest] = segments
  if (root === 'api') {
    if (rest.length === 0) return { type: 'legacy-versions' }
    return parseVersioned(rest[0] ?? '', rest.slice(1), registry)
  }
  if (rest.length === 0) return { type: 'groups' }
  if (rest.length === 1) return { type: 'group', group: rest[0] ?? '' }
  return parseVersioned(`${rest[0]}/${rest[1]}`, rest.slice(2), registry)
}

function decodeSegments(path: string): string[] | undefined {
  try {
    const segments = path
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent)
    return segments.some((s) => s === '' || s.includes('/')) ? undefined : segments
  } catch {
    return undefined
  }
}

function parseVersioned(apiVersion: string, segments: string[], registry: KindRegistry): ApiPath | undefined {
  if (segments.length === 0) return { type: 'resources', apiVersion }
  const isWatch = segments[0] === 'watch' && segments.length > 1
  const parts = isWatch ? segments.slice(1) : segments
  const isInNamespace = parts[0] === 'namespaces' && parts.length >= 3 && !isNamespaceSubresource(parts)
  const namespace = isInNamespace ? (parts[1] ?? '') : ''
  const [plural = '', name = '', ...subresource] = isInNamespace ? parts.slice(2) : parts
  if (reviews.has(plural) && !name) return { type: 'review', apiVersion, plural, namespace }
  const kind = registry.byPlural(apiVersion, plural)
  if (!kind) return undefined
  if (isInNamespace !== (kind.scope === 'Namespaced') && (isInNamespace || name)) return undefined
  return { type: 'resource', kind, namespace, name, subresource: subresource.join('/'), isWatch }
}

/** `/api/v1/namespaces/x/status` is about the namespace itself. */
function isNamespaceSubresource(parts: string[]): boolean {
  return parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize')
}
