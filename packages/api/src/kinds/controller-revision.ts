import { controllerOf, invalidField, requiredField, type FieldError, type Namespaced } from '@quarterdeck/api-machinery'

import type { V1ControllerRevision } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { immutableField } from '../validation/immutable.ts'

export type ControllerRevision = Namespaced<V1ControllerRevision>

export const controllerRevisions = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  model: 'V1ControllerRevision',
  columns: [
    nameColumn,
    { name: 'Controller', type: 'string', description: 'Whose revision it is.', priority: 0, value: controllerText },
    { name: 'Revision', type: 'integer', description: 'Number of the revision.', priority: 0, value: (o) => o.revision ?? 0 },
    ageColumn,
  ],
  validate: ({ revision }): FieldError[] =>
    (revision ?? 0) < 0 ? [invalidField('revision', revision, 'must be greater than or equal to 0')] : [],
  validateCreate({ data }) {
    if (data === undefined || data === null) return [requiredField('data', 'data is mandatory')]
    return typeof data === 'object' && !Array.isArray(data) ? [] : [requiredField('data', 'data must be a valid JSON object')]
  },
  validateUpdate: ({ data }, { data: old }) => immutableField(data, old, 'data'),
})

function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object)
  if (!owner) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}
