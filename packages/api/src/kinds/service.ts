import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Service } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type Service = Namespaced<V1Service, 'spec' | 'status'>

export const services = defineKind<Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  scope: 'Namespaced',
  model: 'V1Service',
  shortNames: ['svc'],
  categories: ['all'],
  hasStatus: true,
})
