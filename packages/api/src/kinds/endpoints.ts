import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1Endpoints } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { validateEndpoints } from '../validation/endpoints.ts'

export type Endpoints = Namespaced<V1Endpoints>

const shownAddresses = 3

function addressesText({ subsets }: Endpoints): string {
  const all = (subsets ?? []).flatMap(({ addresses, ports }) =>
    ports?.length ? ports.flatMap((port) => (addresses ?? []).map((a) => `${a.ip}:${port.port}`)) : (addresses ?? []).map((a) => a.ip),
  )
  if (all.length === 0) return '<none>'
  const more = all.length - shownAddresses
  return all.slice(0, shownAddresses).join(',') + (more > 0 ? ` + ${more} more...` : '')
}

export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  scope: 'Namespaced',
  model: 'V1Endpoints',
  shortNames: ['ep'],
  columns: [
    nameColumn,
    { name: 'Endpoints', type: 'string', description: 'Addresses and ports that are ready.', priority: 0, value: addressesText },
    ageColumn,
  ],
  applyDefaults({ subsets }) {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ??= 'TCP'
  },
  validate: validateEndpoints,
  deprecation: { since: '1.33', use: 'discovery.k8s.io/v1 EndpointSlice' },
})
