export interface ClusterRoleBindingSpec {
  users?: readonly string[]
  groups?: readonly string[]
  /** Of kube-system. */
  serviceAccounts?: readonly string[]
}

const scheduler = 'system:kube-scheduler'
const authenticated = 'system:authenticated'

/** To whom 1.36 binds the cluster role of the same name; those of the controllers are beside them. */
export const clusterRoleBindingSpecs: Readonly<Record<string, ClusterRoleBindingSpec>> = {
  'cluster-admin': { groups: ['system:masters'] },
  'system:monitoring': { groups: ['system:monitoring'] },
  'system:discovery': { groups: [authenticated] },
  'system:basic-user': { groups: [authenticated] },
  'system:public-info-viewer': { groups: [authenticated, 'system:unauthenticated'] },
  'system:node-proxier': { users: ['system:kube-proxy'] },
  'system:kube-controller-manager': { users: ['system:kube-controller-manager'] },
  'system:kube-dns': { serviceAccounts: ['kube-dns'] },
  'system:kube-scheduler': { users: [scheduler] },
  'system:volume-scheduler': { users: [scheduler] },
  'system:service-account-issuer-discovery': { groups: ['system:serviceaccounts'] },
  // Nodes have the rights of the role by the authorizer of nodes, which looks closer.
  'system:node': {},
  'quarterdeck:node-agent': { groups: ['system:nodes'] },
}
