import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1PodTemplate } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { labelMapText } from '../pod-spec/template-columns.ts'
import { validatePodTemplateSpec } from '../pod-spec/validate-template.ts'

export type PodTemplate = Namespaced<V1PodTemplate>

export const podTemplates = defineKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  model: 'V1PodTemplate',
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Containers',
      type: 'string',
      description: 'Names of its containers.',
      priority: 0,
      value: (o) => (o.template?.spec?.containers ?? []).map((c) => c.name).join(','),
    },
    {
      name: 'Images',
      type: 'string',
      description: 'Images of its containers.',
      priority: 0,
      value: (o) => (o.template?.spec?.containers ?? []).map((c) => c.image ?? '').join(','),
    },
    {
      name: 'Pod Labels',
      type: 'string',
      description: 'Labels its pods get.',
      priority: 0,
      value: (o) => labelMapText(o.template?.metadata?.labels),
    },
    ageColumn,
  ],
  applyDefaults: ({ template }) => applyPodTemplateDefaults(template),
  validate: ({ template }) => (template ? validatePodTemplateSpec(template, 'template') : []),
})
