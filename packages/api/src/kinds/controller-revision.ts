import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1ControllerRevision } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type ControllerRevision = Namespaced<V1ControllerRevision>

export const controllerRevisions = defineKind<ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  model: 'V1ControllerRevision',
})
