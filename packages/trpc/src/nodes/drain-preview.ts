import { drainFateOf, nodes, pods, type DrainFate } from '@quarterdeck/api'
import { isApiError } from '@quarterdeck/api-machinery'
import type { WhatIfAnswer } from '@quarterdeck/what-if/question'
import { z } from 'zod'

import { askWhatIf } from '../scheduling/what-if.ts'
import { authorizeReading } from '../target.ts'
import { procedure } from '../trpc.ts'
import { keyOf, podsOnNode } from './pods-on-node.ts'

export interface DrainPreview {
  pods: {
    namespace: string
    name: string
    fate: DrainFate
    /** What would keep it for good: even when others have come back elsewhere, its budget does not allow it to go. */
    refusal?: { budgets: string[]; message: string } | undefined
  }[]
  /** Whether the budgets were asked, and why not. */
  budgets: { state: 'asked' | 'not asked' } | { state: 'unknown'; reason: string }
}

/** What draining a node would do to each pod on it; with its budgets as What if has them, unless they are not asked. */
export const drainPreview = procedure
  .input(z.object({ name: z.string().min(1).max(253), withBudgets: z.boolean().default(true) }))
  .query(async ({ ctx, input: { name, withBudgets } }): Promise<DrainPreview> => {
    await authorizeReading(ctx.server.core, ctx.user, pods)
    await ctx.client.get(nodes, { namespace: '', name })
    const [found, asked] = await Promise.all([
      podsOnNode(ctx.live, name),
      withBudgets ? refusalsBy(() => askWhatIf(ctx.server, ctx.user, { steps: [{ action: 'drain', node: name }] })) : undefined,
    ])
    return {
      pods: found.map((pod) => ({
        namespace: pod.metadata.namespace,
        name: pod.metadata.name,
        fate: drainFateOf(pod),
        refusal: asked?.refusals.get(keyOf(pod)),
      })),
      budgets: asked?.budgets ?? { state: 'not asked' },
    }
  })

type Refusal = DrainPreview['pods'][number]['refusal']

async function refusalsBy(ask: () => Promise<WhatIfAnswer>): Promise<{ refusals: Map<string, Refusal>; budgets: DrainPreview['budgets'] }> {
  try {
    const { blocked } = await ask()
    const refusals = blocked.map(({ namespace, name, budgets, message }) => [`${namespace}/${name}`, { budgets, message }] as const)
    return { refusals: new Map(refusals), budgets: { state: 'asked' } }
  } catch (error) {
    if (!isApiError(error)) throw error
    return { refusals: new Map(), budgets: { state: 'unknown', reason: error.message } }
  }
}
