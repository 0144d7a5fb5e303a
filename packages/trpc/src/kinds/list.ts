import { procedure } from '../trpc.ts'
import { kindInfoOf, type KindInfo } from './kind-info.ts'
import { placeOf, sections } from './sections.ts'

/** Every kind that is served, in the order of the navigation. A kind that is another's second version is left out. */
export const listKinds = procedure.query(({ ctx }): KindInfo[] => {
  const kinds = ctx.server.core.registry.kinds.filter((kind) => !kind.storedAs && kind.verbs.includes('list'))
  return kinds
    .toSorted((a, b) => placeOf(a) - placeOf(b) || (a.kind < b.kind ? -1 : 1))
    .map(kindInfoOf)
    .toSorted((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section))
})
