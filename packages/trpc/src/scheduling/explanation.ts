import { z } from 'zod'

/** What the worker says of a Pod, as it comes over the wire. */
const rejectionSchema = z.object({
  plugin: z.string(),
  reasons: z.array(z.string()),
  /** With figures and names: `needs 2 CPU; 1.4 CPU free of 4 CPU`. */
  detail: z.string(),
})

const summarySchema = z.array(z.object({ plugin: z.string(), reasons: z.array(z.string()), nodes: z.number() }))

const suggestionSchema = z.object({
  changes: z.array(
    z.object({
      of: z.enum(['pod', 'node', 'new node']),
      node: z.string().optional(),
      text: z.string(),
      leaving: z.array(z.object({ pod: z.string(), priority: z.number() })).optional(),
    }),
  ),
  nodeCount: z.number(),
  nodes: z.array(z.string()),
})

const pendingSchema = z.object({
  state: z.literal('pending'),
  attemptedAt: z.string(),
  message: z.string(),
  nodeCount: z.number(),
  summary: summarySchema,
  matching: z.number(),
  nodes: z.array(z.object({ node: z.string(), rejections: z.array(rejectionSchema) })),
  changes: z.array(suggestionSchema).optional(),
  extenders: z.array(z.string()),
})

const placedSchema = z.object({
  state: z.literal('placed'),
  node: z.string(),
  basis: z.literal('now'),
  nodeCount: z.number(),
  feasible: z.number(),
  rejected: summarySchema,
  isFeasible: z.boolean(),
  place: z.number().optional(),
  nodes: z.array(
    z.object({
      node: z.string(),
      total: z.number(),
      scores: z.array(z.object({ plugin: z.string(), score: z.number(), weight: z.number() })),
    }),
  ),
})

export const explanationSchema = z.discriminatedUnion('state', [pendingSchema, placedSchema])

export type SchedulingExplanation = z.output<typeof explanationSchema>
