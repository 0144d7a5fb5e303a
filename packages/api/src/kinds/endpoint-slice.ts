import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1EndpointSlice } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { addressWarnings } from '../validation/address-warnings.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from '../validation/endpoint-slice.ts'

export type EndpointSlice = Namespaced<V1EndpointSlice>

const shown = 3

function shortened(items: readonly string[]): string {
  const more = items.length - shown
  return items.slice(0, shown).join(',') + (more > 0 ? ` + ${more} more...` : '')
}

export const endpointSlices = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  model: 'V1EndpointSlice',
  hasGeneration: true,
  columns: [
    nameColumn,
    { name: 'AddressType', type: 'string', description: 'Kind of address in this slice.', priority: 0, value: (o) => o.addressType },
    {
      name: 'Ports',
      type: 'string',
      description: 'Ports of the endpoints.',
      priority: 0,
      value: (o) => shortened((o.ports ?? []).map((p) => String(p.port ?? '*'))) || '<unset>',
    },
    {
      name: 'Endpoints',
      type: 'string',
      description: 'Addresses of the endpoints.',
      priority: 0,
      value: (o) => shortened((o.endpoints ?? []).flatMap((e) => e.addresses)) || '<unset>',
    },
    ageColumn,
  ],
  applyDefaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  validate: validateEndpointSlice,
  warnings: ({ addressType, endpoints, metadata }, old) => [
    ...(addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    // Those of our controllers are in their usual form, and many.
    ...(metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ? [] : endpointWarnings(endpoints)),
  ],
  validateUpdate: validateEndpointSliceUpdate,
})

function endpointWarnings(endpoints: EndpointSlice['endpoints']): string[] {
  return (endpoints ?? []).flatMap(({ addresses }, i) =>
    addresses.flatMap((address, j) => addressWarnings(address, `endpoints[${i}].addresses[${j}]`)),
  )
}
