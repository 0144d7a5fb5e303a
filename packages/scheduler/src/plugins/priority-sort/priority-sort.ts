import type { Plugin } from '../../framework/plugin.ts'

/** Higher priority first; of equal ones, who waits longer. */
export const prioritySort: Plugin = {
  name: 'PrioritySort',
  precedes: (a, b) => (a.pod.priority === b.pod.priority ? a.queuedAtMs < b.queuedAtMs : a.pod.priority > b.pod.priority),
}
