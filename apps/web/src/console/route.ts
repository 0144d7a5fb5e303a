/** What an address shows. */
export type Route =
  | { page: 'overview' }
  | { page: 'apply' }
  | { page: 'control-plane' }
  | { page: 'what-if' }
  | { page: 'list'; resource: string }
  | { page: 'detail'; resource: string; namespace: string; name: string }
  /** No page has such an address. */
  | { page: 'not-found' }

const ownPages: ReadonlySet<string> = new Set(['apply', 'control-plane', 'what-if'] satisfies Route['page'][])

export function routeOf(path: string): Route {
  const [first, second, third, ...rest] = path.split('/').filter(Boolean).map(decodeURIComponent)
  if (!first) return { page: 'overview' }
  if (rest.length > 0) return { page: 'not-found' }
  if (isOwnPage(first)) return second ? { page: 'not-found' } : { page: first }
  if (!second) return { page: 'list', resource: first }
  return third
    ? { page: 'detail', resource: first, namespace: second, name: third }
    : { page: 'detail', resource: first, namespace: '', name: second }
}

function isOwnPage(name: string): name is 'apply' | 'control-plane' | 'what-if' {
  return ownPages.has(name)
}

export function objectHref(
  { resource, namespace, name }: { resource: string; namespace?: string | undefined; name: string },
  tab = '',
): string {
  const path = [resource, namespace, name].filter(Boolean).map((part) => encodeURIComponent(part!))
  return `/${path.join('/')}${tab ? `?tab=${tab}` : ''}`
}

export function listHref(resource: string, parameters: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString()
  return `/${encodeURIComponent(resource)}${query ? `?${query}` : ''}`
}
