import type { V1PolicyRule } from '@quarterdeck/api'

import { eventsRule, on, read } from './rules.ts'

export interface NamespaceRoleSpec {
  rules: readonly V1PolicyRule[]
  /** The binding's name; absent: the role's. */
  binding?: string
  users?: readonly string[]
  /** Of kube-system. */
  serviceAccounts?: readonly string[]
}

const controllerManager = 'system:kube-controller-manager'
const scheduler = 'system:kube-scheduler'

/** The roles that 1.36 makes in its own namespaces, and to whom each is bound. */
export const namespaceRoles: Readonly<Record<string, Readonly<Record<string, NamespaceRoleSpec>>>> = {
  'kube-system': {
    'extension-apiserver-authentication-reader': {
      rules: [on(read, 'core', 'configmaps', ['extension-apiserver-authentication'])],
      binding: 'system::extension-apiserver-authentication-reader',
      users: [controllerManager, scheduler],
    },
    'system:controller:bootstrap-signer': { rules: [on(read, 'core', 'secrets')], serviceAccounts: ['bootstrap-signer'] },
    'system:controller:cloud-provider': {
      rules: [on('create get list watch', 'core', 'configmaps')],
      serviceAccounts: ['cloud-provider'],
    },
    'system:controller:token-cleaner': {
      rules: [on('delete get list watch', 'core', 'secrets'), eventsRule()],
      serviceAccounts: ['token-cleaner'],
    },
    'system::leader-locking-kube-controller-manager': {
      rules: [on('watch', 'core', 'configmaps'), on('get update', 'core', 'configmaps', ['kube-controller-manager'])],
      users: [controllerManager],
      serviceAccounts: ['kube-controller-manager'],
    },
    'system::leader-locking-kube-scheduler': {
      rules: [on('watch', 'core', 'configmaps'), on('get update', 'core', 'configmaps', ['kube-scheduler'])],
      users: [scheduler],
      serviceAccounts: ['kube-scheduler'],
    },
  },
  'kube-public': {
    'system:controller:bootstrap-signer': {
      rules: [on(read, 'core', 'configmaps'), on('update', 'core', 'configmaps', ['cluster-info']), eventsRule()],
      serviceAccounts: ['bootstrap-signer'],
    },
  },
}
