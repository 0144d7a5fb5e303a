import type { WatchEvent } from '@quarterdeck/client'
import type { KubeObject } from '@quarterdeck/api-machinery'
import { z } from 'zod'

import { anySignal } from '../live/signal.ts'
import { kindOf, kindSchema } from '../target.ts'
import { procedure } from '../trpc.ts'
import { withoutSecretValues } from './secret-values.ts'

export type ObjectEvent = WatchEvent<KubeObject>

/**
 * Kubernetes watch events of a kind: the current state first unless a resourceVersion is given. With `marksInitialState` a
 * BOOKMARK with the annotation `k8s.io/initial-events-end` follows it.
 */
export const watchObjects = procedure
  .input(
    kindSchema.extend({
      namespace: z.string().max(253).optional(),
      labelSelector: z.string().max(2000).optional(),
      fieldSelector: z.string().max(2000).optional(),
      resourceVersion: z.string().max(30).optional(),
      marksInitialState: z.boolean().default(false),
    }),
  )
  .subscription(async function* ({ ctx, input, signal }): AsyncGenerator<ObjectEvent> {
    const kind = kindOf(ctx.server.core, input)
    const { namespace, labelSelector, fieldSelector, resourceVersion, marksInitialState } = input
    const events = ctx.client.watch(kind, {
      signal: anySignal(signal),
      ...(namespace ? { namespace } : {}),
      ...(labelSelector ? { labelSelector } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
      ...(marksInitialState ? { allowWatchBookmarks: true, sendInitialEvents: true } : {}),
    })
    for await (const event of events) yield event.type === 'BOOKMARK' ? event : { ...event, object: withoutSecretValues(event.object) }
  })
