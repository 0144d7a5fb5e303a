import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable } from '../../framework/rejection.ts'

/** Keeps Pods out of the queue until all their scheduling gates are removed. */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  preEnqueue: ({ pod }) => {
    const gates = pod.spec.schedulingGates ?? []
    return gates.length === 0 ? undefined : unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`)
  },
  hints: {},
}
