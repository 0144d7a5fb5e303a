import { z } from 'zod'

import { Row } from '../live/row.ts'
import { rowData, type RowData } from '../live/window.ts'
import { placeOf } from '../kinds/sections.ts'
import { requestOf } from '../target.ts'
import { procedure } from '../trpc.ts'

/** Kinds whose names nobody looks for. */
const notSearched = new Set([
  'events',
  'leases.coordination.k8s.io',
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'controllerrevisions.apps',
])

/** Objects of every kind whose `namespace/name` holds all the words; those whose name begins with the text first. */
export const searchObjects = procedure
  .input(z.object({ text: z.string().min(1).max(200), limit: z.int().min(1).max(100).default(30) }))
  .query(async ({ ctx, input }): Promise<{ resource: string; row: RowData }[]> => {
    const { core } = ctx.server
    const words = input.text.toLowerCase().split(/\s+/).filter(Boolean)
    const found: Row[] = []
    const searched = core.registry.kinds.filter((kind) => !kind.storedAs && !notSearched.has(kind.resource))
    const mayRead = await Promise.all(searched.map((kind) => core.allows(requestOf(ctx.user, kind), 'list')))
    const kinds = searched.filter((_, index) => mayRead[index])
    for (const kind of kinds.toSorted((a, b) => placeOf(a) - placeOf(b))) {
      const cache = await core.cacheOf(kind)
      let ofKind = 0
      for (const stored of cache.list()) {
        const path = `${stored.key.namespace}/${stored.key.name}`.toLowerCase()
        if (!words.every((word) => path.includes(word))) continue
        found.push(new Row(kind, stored))
        if (++ofKind >= input.limit) break
      }
    }
    const startsWell = (row: Row): number => (row.name.startsWith(words[0] ?? '') ? 0 : 1)
    const best = found.toSorted((a, b) => startsWell(a) - startsWell(b) || a.name.length - b.name.length).slice(0, input.limit)
    return Promise.all(
      // A row of a list knows what is around its object.
      best.map(async (row) => ({
        resource: row.kind.resource,
        row: rowData((await ctx.live.known(row.kind, row.namespace, row.name)) ?? row),
      })),
    )
  })
