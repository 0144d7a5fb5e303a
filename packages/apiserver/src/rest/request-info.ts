import type { Verb } from '@quarterdeck/api'

/** What a request is about, told from its method and path alone: enough to ask whether its sender may do it. */
export type RequestInfo = ResourceInfo | PathInfo

/** A request for a path that names no resource: discovery, health, metrics, and all that is not served. */
export interface PathInfo {
  isResource: false
  /** The method in lower case. */
  verb: string
  /** As it came, without the query. */
  path: string
}

export interface ResourceInfo {
  isResource: true
  verb: Verb
  /** `v1`, or `group/version`. */
  apiVersion: string
  group: string
  /** '' for cluster scope, or for all namespaces. */
  namespace: string
  /** Whether the path names the namespace that the resource is in. */
  isInNamespace: boolean
  plural: string
  /** '' for a collection. */
  name: string
  /** '' for the object itself. */
  subresource: string
  /** What follows the subresource, with its slashes. */
  subpath: string
  path: string
}

/** Subresources of a namespace, which look like collections in it. */
const namespaceSubresources = new Set(['status', 'finalize'])

const verbs: Readonly<Record<string, Verb>> = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }

/** Undefined for a path that does not decode. A resource's path with a method that is no verb's counts as a path alone. */
export function requestInfoOf(method: string, path: string, isWatchQuery: boolean): RequestInfo | undefined {
  const segments = decodedSegments(path)
  if (!segments) return undefined
  const other: PathInfo = { isResource: false, verb: method.toLowerCase(), path }
  const verb = verbs[method]
  const prefix = segments[0] === 'api' ? 2 : segments[0] === 'apis' ? 3 : 0
  if (
    !verb ||
    prefix === 0 ||
    segments.length <= prefix ||
    segments.slice(0, prefix + 5).some((segment) => segment === '' || segment.includes('/'))
  )
    return other
  const [version = '', group = ''] = [segments[prefix - 1], prefix === 3 ? segments[1] : '']
  // The watch of old clients is part of the path.
  const isWatchPath = segments[prefix] === 'watch' && segments.length > prefix + 1
  const parts = segments.slice(isWatchPath ? prefix + 1 : prefix)
  const isInNamespace = parts[0] === 'namespaces' && parts.length > 2 && !(parts.length === 3 && namespaceSubresources.has(parts[2]!))
  const [plural = '', name = '', subresource = '', ...below] = isInNamespace ? parts.slice(2) : parts
  return {
    isResource: true,
    verb: verbFor(verb, { name, isWatch: isWatchPath || (isWatchQuery && subresource === '') }),
    apiVersion: group ? `${group}/${version}` : version,
    group,
    // Of a namespace itself, its own name: who may read what is in it is asked of it.
    namespace: isInNamespace ? parts[1]! : plural === 'namespaces' ? name : '',
    isInNamespace,
    plural,
    name,
    subresource,
    subpath: below.join('/'),
    path,
  }
}

function verbFor(verb: Verb, { name, isWatch }: { name: string; isWatch: boolean }): Verb {
  if (verb === 'get') return isWatch ? 'watch' : name ? 'get' : 'list'
  return verb === 'delete' && !name ? 'deletecollection' : verb
}

function decodedSegments(path: string): string[] | undefined {
  try {
    return path
      .replace(/^\/|\/$/g, '')
      .split('/')
      .map(decodeURIComponent)
  } catch {
    return undefined
  }
}
