import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1PodTemplate } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type PodTemplate = Namespaced<V1PodTemplate>

export const podTemplates = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  model: 'V1PodTemplate',
})
