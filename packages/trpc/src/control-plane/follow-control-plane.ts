import { anySignal } from '../live/signal.ts'
import { Pace } from '../live/pace.ts'
import { procedure } from '../trpc.ts'
import type { ControlPlane } from './control-plane-monitor.ts'

const intervalMs = 500

/** What the worker's controllers and scheduler, this API server and the store are doing, every few seconds. For who may read /metrics. */
export const followControlPlane = procedure.subscription(async function* ({ ctx, signal: optionalSignal }): AsyncGenerator<ControlPlane> {
  await ctx.server.core.authorizeAttributes({
    user: ctx.user,
    verb: 'get',
    group: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    path: '/metrics',
  })
  const pace = new Pace(intervalMs, anySignal(optionalSignal))
  const stop = ctx.controlPlane.listen(pace.mark)
  pace.mark()
  try {
    while (await pace.next()) if (ctx.controlPlane.latest) yield ctx.controlPlane.latest
  } finally {
    stop()
  }
})
