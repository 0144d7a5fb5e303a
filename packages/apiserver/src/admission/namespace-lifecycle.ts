import { randomUUID } from 'node:crypto'

import { namespaces, serviceAccounts } from '@quarterdeck/api'
import { ApiError, forbidden, notFound, timestamp, type KubeObject } from '@quarterdeck/api-machinery'

import { apiServerUser } from '../auth/user.ts'
import type { AdmissionAttributes, AdmissionPlugin } from './admission.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

/** Refuses new content in namespaces that are absent or being deleted, and the deletion of the system's own. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  operations: ['CREATE', 'DELETE'],
  async admit(attributes) {
    const { kind, operation, namespace, name } = attributes
    if (kind.resource === namespaces.resource) {
      if (operation === 'DELETE' && immortal.has(name))
        throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted')
      if (operation === 'CREATE') attributes.alongside.push(defaultServiceAccount(attributes))
      return
    }
    if (operation !== 'CREATE' || kind.scope !== 'Namespaced') return
    const stored = await attributes.reader.read(namespaces.resource, '', namespace)
    if (!stored) throw notFound({ group: '', resource: 'namespaces' }, namespace)
    if (stored.object.metadata.deletionTimestamp) throw terminating(attributes)
  },
}

function terminating({ kind, namespace, name }: AdmissionAttributes): ApiError {
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`
  const error = forbidden({ group: kind.group, resource: kind.plural }, name, message)
  return new ApiError('Forbidden', error.message, {
    ...error.details,
    causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
  })
}

/** Every namespace is born with its default account, so that a pod can be created right after it. */
function defaultServiceAccount({ name }: AdmissionAttributes): AdmissionAttributes['alongside'][number] {
  const uid = randomUUID()
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: name, uid, resourceVersion: '', creationTimestamp: timestamp() },
  }
  return {
    type: 'create',
    key: { resource: serviceAccounts.resource, namespace: name, name: 'default' },
    author: { actor: apiServerUser.name, client: 'namespace-lifecycle' },
    keepsHistory: true,
    uid,
    object,
  }
}
