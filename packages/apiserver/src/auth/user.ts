/** An authenticated caller, as in authentication.k8s.io UserInfo. */
export interface User {
  name: string
  uid?: string
  groups: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

export const mastersGroup = 'system:masters'
export const nodesGroup = 'system:nodes'
export const nodeUserPrefix = 'system:node:'
export const serviceAccountUserPrefix = 'system:serviceaccount:'
export const anonymousUser = 'system:anonymous'

/** Name of the node that a user is, which may be empty; undefined for everybody else. */
export function nodeNameOf({ name, groups }: User): string | undefined {
  return name.startsWith(nodeUserPrefix) && groups.includes(nodesGroup) ? name.slice(nodeUserPrefix.length) : undefined
}

/** The groups of the service accounts of a namespace. */
export const serviceAccountGroups = (namespace: string): string[] => ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]

/** The identity of the scheduler and the controllers, which run in the worker process. */
export const controllerManager: User = { name: 'system:kube-controller-manager', groups: [mastersGroup, 'system:authenticated'] }

/** The identity of the API server's own writes. */
export const apiServerUser: User = { name: 'system:apiserver', groups: [mastersGroup, 'system:authenticated'] }
