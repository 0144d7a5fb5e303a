import type { V1PolicyRule } from '@quarterdeck/api'

import { on, read } from './rules.ts'

/** What nodes may do as far as the authorizer of nodes does not look closer: the rules of the role `system:node`. */
export const nodeRules: readonly V1PolicyRule[] = [
  on('create', 'authentication.k8s.io', 'tokenreviews'),
  on('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
  on(read, 'core', 'services'),
  on('create get list watch', 'core', 'nodes'),
  on('patch update', 'core', 'nodes/status'),
  on('patch update', 'core', 'nodes'),
  on('create patch update', 'core', 'events'),
  on(read, 'core', 'pods'),
  on('create delete', 'core', 'pods'),
  on('patch update', 'core', 'pods/status'),
  on('create', 'core', 'pods/eviction'),
  on(read, 'core', 'configmaps secrets'),
  on('get', 'core', 'persistentvolumeclaims persistentvolumes'),
  on('get', 'core', 'endpoints'),
  on('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  on('create delete get patch update', 'coordination.k8s.io', 'leases'),
  on('get', 'storage.k8s.io', 'volumeattachments'),
  on('create', 'core', 'serviceaccounts/token'),
  on('get patch update', 'core', 'persistentvolumeclaims/status'),
  on(read, 'storage.k8s.io', 'csidrivers'),
  on('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  on(read, 'node.k8s.io', 'runtimeclasses'),
  on('get', 'resource.k8s.io', 'resourceclaims'),
  on('deletecollection', 'resource.k8s.io', 'resourceslices'),
  on('get', 'core', 'serviceaccounts'),
]
