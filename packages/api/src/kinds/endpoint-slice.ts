import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1EndpointSlice } from '../generated/types.ts'
import { defineKind } from '../kind.ts'

export type EndpointSlice = Namespaced<V1EndpointSlice>

export const endpointSlices = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  model: 'V1EndpointSlice',
})
