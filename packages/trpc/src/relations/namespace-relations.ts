import { namespaces, type Kind } from '@quarterdeck/api'

import { placeOf, sectionOf, sections } from '../kinds/sections.ts'
import { pluralTitle } from '../kinds/plural-title.ts'
import { groupOf, type ObjectOfKind, type RelatedGroup, type RelationReader } from './relation.ts'

/** Kinds that come and go with others, and that nobody asks a namespace for. */
const notTold = new Set([
  'events',
  'leases.coordination.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'controllerrevisions.apps',
])

/** What is in a namespace, kind by kind: all of it goes when the namespace does. */
export async function contents({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource !== namespaces.resource) return []
  const kinds = reader.kinds
    .filter((member) => member.scope === 'Namespaced' && !member.storedAs && !notTold.has(member.resource))
    .toSorted(asNavigated)
  return Promise.all(
    kinds.map(async (member) => {
      const objects = await reader.list(member, object.metadata.name)
      return groupOf(
        pluralTitle(member),
        'deleted',
        objects.map((each) => ({ kind: member, object: each })),
      )
    }),
  )
}

/** In the order of the navigation. */
function asNavigated(a: Kind, b: Kind): number {
  return sections.indexOf(sectionOf(a)) - sections.indexOf(sectionOf(b)) || placeOf(a) - placeOf(b)
}
