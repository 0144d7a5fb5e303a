import type { ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1IPAddress } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { ipAddressNameErrors, validateIpAddress, validateIpAddressUpdate } from '../validation/ip-address-object.ts'

/** An address that is taken; its name is the address. */
export type IPAddress = ClusterScoped<V1IPAddress>

export const ipAddresses = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  scope: 'Cluster',
  model: 'V1IPAddress',
  shortNames: ['ip'],
  columns: [nameColumn, { name: 'ParentRef', type: 'string', description: 'Who has it.', priority: 0, value: parentText }, ageColumn],
  nameErrors: ipAddressNameErrors,
  validate: validateIpAddress,
  validateUpdate: validateIpAddressUpdate,
})

/** `services/default/web`. */
function parentText({ spec }: IPAddress): string {
  if (!spec.parentRef) return '<none>'
  const { group, resource, namespace, name } = spec.parentRef
  return [group ? `${resource}.${group}` : resource, ...(namespace ? [namespace] : []), name].join('/').toLowerCase()
}
