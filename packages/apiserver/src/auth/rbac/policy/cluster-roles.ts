import type { V1PolicyRule } from '@quarterdeck/api'

import { nodeRules } from './node-rules.ts'
import { eventsRule, on, paths, read, readUpdate, readWrite } from './rules.ts'
import { userRoles } from './user-roles.ts'

export interface RoleSpec {
  /** Becomes part of the roles `admin`, `edit` or `view`. */
  aggregateTo?: string
  /** Is made of the roles that become part of it. */
  aggregates?: string
  rules: readonly V1PolicyRule[]
}

const signers = 'system:certificates.k8s.io'
const approver = (signer: string): RoleSpec => ({ rules: [on('approve', 'certificates.k8s.io', 'signers', [`kubernetes.io/${signer}`])] })
const requester = (subresource: string): RoleSpec => ({
  rules: [on('create', 'certificates.k8s.io', `certificatesigningrequests/${subresource}`)],
})
const delegation: readonly V1PolicyRule[] = [
  on('create', 'authentication.k8s.io', 'tokenreviews'),
  on('create', 'authorization.k8s.io', 'subjectaccessreviews'),
]
const ownLease = (name: string, verbs: string): V1PolicyRule[] => [
  on('create', 'coordination.k8s.io', 'leases'),
  on(verbs, 'coordination.k8s.io', 'leases', [name]),
]

/** The cluster roles that Kubernetes 1.36 makes, and those of ours, by name. Source: its bootstrap policy. */
export const clusterRoleSpecs: Readonly<Record<string, RoleSpec>> = {
  ...userRoles,
  'system:discovery': { rules: [paths('/livez /readyz /healthz /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*')] },
  'system:public-info-viewer': { rules: [paths('/livez /readyz /healthz /version /version/')] },
  'system:service-account-issuer-discovery': {
    rules: [paths('/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/')],
  },
  'system:monitoring': {
    rules: [paths('/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'), paths('/flagz'), paths('/statusz')],
  },
  'system:basic-user': {
    rules: [
      on('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      on('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  'system:auth-delegator': { rules: delegation },
  'system:heapster': { rules: [on(read, 'core', 'events pods nodes namespaces'), on(read, 'extensions', 'deployments')] },
  'system:node': { rules: nodeRules },
  'system:node-problem-detector': {
    rules: [on('get', 'core', 'nodes'), on('patch', 'core', 'nodes/status'), eventsRule()],
  },
  'system:node-bootstrapper': { rules: [on('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')] },
  'system:node-proxier': {
    rules: [
      on('list watch', 'core', 'services endpoints'),
      on(read, 'core', 'nodes'),
      eventsRule(),
      on('list watch', 'networking.k8s.io', 'servicecidrs'),
      on('list watch', 'discovery.k8s.io', 'endpointslices'),
    ],
  },
  'system:kubelet-api-admin': {
    rules: [
      on(read, 'core', 'nodes'),
      on('proxy', 'core', 'nodes'),
      on('*', 'core', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
      on('*', 'core', 'nodes/configz nodes/healthz nodes/pods'),
    ],
  },
  'system:kube-aggregator': { rules: [on(read, 'core', 'services endpoints')] },
  'system:kube-dns': { rules: [on('list watch', 'core', 'services endpoints')] },
  'system:persistent-volume-provisioner': {
    rules: [
      on('get list watch create delete', 'core', 'persistentvolumes'),
      on('get list watch update', 'core', 'persistentvolumeclaims'),
      on(read, 'storage.k8s.io', 'storageclasses'),
      on('watch', 'core', 'events'),
      eventsRule(),
    ],
  },
  'system:kube-controller-manager': {
    rules: [
      eventsRule(),
      ...ownLease('kube-controller-manager', 'get update'),
      on('create', 'core', 'secrets serviceaccounts'),
      on('delete', 'core', 'secrets'),
      on('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
      on('update', 'core', 'secrets serviceaccounts'),
      ...delegation,
      on('list watch', '*', '*'),
      on('create', 'core', 'serviceaccounts/token'),
    ],
  },
  'system:kube-scheduler': {
    rules: [
      eventsRule(),
      ...ownLease('kube-scheduler', 'get list update watch'),
      on(readWrite, 'coordination.k8s.io', 'leasecandidates'),
      on(read, 'core', 'nodes'),
      on('delete get list watch', 'core', 'pods'),
      on('create', 'core', 'bindings pods/binding'),
      on('patch update', 'core', 'pods/status'),
      on(read, 'core', 'replicationcontrollers services'),
      on(read, 'apps extensions', 'replicasets'),
      on(read, 'apps', 'statefulsets'),
      on(read, 'policy', 'poddisruptionbudgets'),
      on(read, 'core', 'persistentvolumeclaims persistentvolumes'),
      ...delegation,
      on(read, 'storage.k8s.io', 'csinodes'),
      on(read, 'storage.k8s.io', 'volumeattachments'),
      on(read, 'core', 'namespaces'),
      on(read, 'storage.k8s.io', 'csidrivers'),
      on(read, 'storage.k8s.io', 'csistoragecapacities'),
      on(read, 'resource.k8s.io', 'deviceclasses'),
      on(readUpdate, 'resource.k8s.io', 'resourceclaims'),
      on(readUpdate, 'resource.k8s.io', 'resourceclaims/status'),
      on('patch update', 'resource.k8s.io', 'resourceclaims/binding'),
      on(readUpdate, 'core', 'pods/finalizers'),
      on(read, 'resource.k8s.io', 'resourceslices'),
      on('create delete', 'resource.k8s.io', 'resourceclaims'),
    ],
  },
  'system:volume-scheduler': {
    rules: [
      on(readUpdate, 'core', 'persistentvolumes'),
      on(read, 'storage.k8s.io', 'storageclasses'),
      on(readUpdate, 'core', 'persistentvolumeclaims'),
    ],
  },
  [`${signers}:certificatesigningrequests:nodeclient`]: requester('nodeclient'),
  [`${signers}:certificatesigningrequests:selfnodeclient`]: requester('selfnodeclient'),
  [`${signers}:legacy-unknown-approver`]: approver('legacy-unknown'),
  [`${signers}:kubelet-serving-approver`]: approver('kubelet-serving'),
  [`${signers}:kube-apiserver-client-approver`]: approver('kube-apiserver-client'),
  [`${signers}:kube-apiserver-client-kubelet-approver`]: approver('kube-apiserver-client-kubelet'),
}
