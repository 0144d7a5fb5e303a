import { dns1123LabelErrors, type ClusterScoped } from '@quarterdeck/api-machinery'

import type { V1Namespace } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateNamespace, validateNamespaceStatusUpdate } from '../validation/namespace.ts'

export type Namespace = ClusterScoped<V1Namespace, 'spec' | 'status'>

/** Names a namespace to label selectors; kept by the server. */
export const namespaceNameLabel = 'kubernetes.io/metadata.name'

export const namespaces = defineKind<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'Cluster',
  model: 'V1Namespace',
  shortNames: ['ns'],
  hasStatus: true,
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Whether the namespace is in use or being deleted.',
      priority: 0,
      value: (o) => o.status?.phase ?? '',
    },
    ageColumn,
  ],
  selectableFields: { 'status.phase': (o) => o.status?.phase ?? '' },
  nameErrors: dns1123LabelErrors,
  applyDefaults({ metadata }) {
    metadata.labels = { ...metadata.labels, [namespaceNameLabel]: metadata.name }
  },
  prepareForCreate(object) {
    const finalizers = object.spec?.finalizers ?? []
    object.spec = { ...object.spec, finalizers: finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes'] }
    object.status = { phase: 'Active' }
  },
  prepareForUpdate(object, old) {
    object.spec = old.spec
  },
  validate: validateNamespace,
  validateStatusUpdate: validateNamespaceStatusUpdate,
  beginDeletion(object) {
    object.status = { ...object.status, phase: 'Terminating' }
  },
  holdsDeletion: ({ spec }) => Boolean(spec?.finalizers?.length),
})
