import { parseFieldSelector, parseLabelSelector } from '@quarterdeck/api-machinery'

import type { AuthorizationAttributes } from '../authorizer.ts'
import type { User } from '../user.ts'

export const ann: User = { name: 'ann', groups: ['system:authenticated'] }
export const nodeUser = (name: string): User => ({ name: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] })
export const accountUser = (namespace: string, name: string): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
})

interface Selected {
  fields?: string
  labels?: string
}

/**
 * Attributes out of a sentence: `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME] [in NAMESPACE]`, or `VERB /PATH`.
 * Groups of more than one part come after the first dot: `leases.coordination.k8s.io`.
 */
export function attributesOf(sentence: string, user: User = ann, { fields = '', labels = '' }: Selected = {}): AuthorizationAttributes {
  const [, verb = '', what = '', name = '', namespace = ''] = /^(\S+) (\S+)(?: (?!in )(\S+))?(?: in (\S+))?$/.exec(sentence) ?? []
  const none = { user, verb, group: '', resource: '', subresource: '', namespace, name, path: '' }
  if (what.startsWith('/')) return { ...none, path: what }
  const [qualified = '', subresource = ''] = what.split('/')
  const [resource = '', ...group] = qualified.split('.')
  return {
    ...none,
    resource,
    subresource,
    group: group.join('.'),
    ...(fields ? { fieldSelector: parseFieldSelector(fields) } : {}),
    ...(labels ? { labelSelector: parseLabelSelector(labels) } : {}),
  }
}
