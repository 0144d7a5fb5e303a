import type { ObjectStore } from '@quarterdeck/storage'

import { chainOf, type Authorizer } from './authorizer.ts'
import { NodeAuthorizer } from './node/node-authorizer.ts'
import { NodeGraph } from './node/node-graph.ts'
import { privilegedGroups } from './privileged-groups.ts'
import { RbacAuthorizer } from './rbac/rbac-authorizer.ts'

export interface OpenAuthorizer {
  /** The privileged group, nodes by their graph, everybody by their roles. */
  chain: Authorizer
  rbac: RbacAuthorizer
}

/** The authorizers of a cluster, kept by what is in its store. */
export async function openAuthorizer(store: ObjectStore): Promise<OpenAuthorizer> {
  const graph = new NodeGraph()
  const rbac = new RbacAuthorizer()
  await Promise.all([graph.follow(store), rbac.follow(store)])
  return { chain: chainOf([privilegedGroups, new NodeAuthorizer(graph, store), rbac]), rbac }
}
