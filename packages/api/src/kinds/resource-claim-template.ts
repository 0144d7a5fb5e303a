import type { Namespaced } from '@quarterdeck/api-machinery'

import { applyRequestDefaults } from '../devices/request-defaults.ts'
import type { V1ResourceClaimTemplate } from '../generated/types.ts'
import { defineKind } from '../kind.ts'
import { validateResourceClaimTemplate, validateResourceClaimTemplateUpdate } from '../validation/resource-claim-template.ts'

/** What the claims look like that are made for each pod which names it. */
export type ResourceClaimTemplate = Namespaced<V1ResourceClaimTemplate>

export const resourceClaimTemplates = defineKind<ResourceClaimTemplate>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  model: 'V1ResourceClaimTemplate',
  applyDefaults: ({ spec }) => applyRequestDefaults(spec?.spec),
  validate: validateResourceClaimTemplate,
  validateUpdate: validateResourceClaimTemplateUpdate,
})
