import { persistentVolumeClaims } from '@quarterdeck/api'
import { badRequest, compareQuantities, parseQuantity, quantityErrorMessage } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { procedure } from '../trpc.ts'

/** Asks for a larger volume. Rejects as the API does where the class of the claim allows no growing. */
export const resizeClaim = procedure
  .input(z.object({ namespace: z.string().min(1).max(253), name: z.string().min(1).max(253), storage: z.string().min(1).max(50) }))
  .mutation(async ({ ctx, input: { storage, ...key } }): Promise<{ from: string; to: string }> => {
    if (!parseQuantity(storage)) throw badRequest(`${JSON.stringify(storage)} is no size: ${quantityErrorMessage}`)
    const claim = await ctx.client.get(persistentVolumeClaims, key)
    const from = claim.spec.resources?.requests?.['storage'] ?? '0'
    if (compareQuantities(storage, from) <= 0) throw badRequest(`a claim can only grow, and ${key.name} asks for ${from} already`)
    if (claim.status.phase !== 'Bound') throw badRequest(`${key.name} has no volume yet: only a bound claim can grow`)
    await ctx.client.patch(persistentVolumeClaims, key, { spec: { resources: { requests: { storage } } } }, { type: 'merge' })
    return { from, to: storage }
  })
