import { ageColumn, nameColumn, type Column } from '../kind.ts'
import type { Pod } from '../kinds/pod.ts'
import { humanDuration } from './human-duration.ts'
import { podSummaryOf } from './pod-summary.ts'

function restartsText(pod: Pod, nowMs: number): string {
  const { restarts, lastRestartAt } = podSummaryOf(pod)
  if (restarts === 0 || !lastRestartAt) return String(restarts)
  return `${restarts} (${humanDuration(nowMs - Date.parse(lastRestartAt))} ago)`
}

function gatesText({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter((g) => status.conditions?.some((c) => c.type === g.conditionType && c.status === 'True')).length
  return `${met}/${gates.length}`
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  {
    name: 'Ready',
    type: 'string',
    description: 'Containers that are ready, of all in the pod.',
    priority: 0,
    value: (o) => `${podSummaryOf(o).ready}/${podSummaryOf(o).total}`,
  },
  { name: 'Status', type: 'string', description: 'State of the pod as a whole.', priority: 0, value: (o) => podSummaryOf(o).status },
  {
    name: 'Restarts',
    type: 'string',
    description: 'Times its containers were restarted, and when last.',
    priority: 0,
    value: restartsText,
  },
  ageColumn,
  {
    name: 'IP',
    type: 'string',
    description: 'Address of the pod.',
    priority: 1,
    value: (o) => o.status.podIPs?.[0]?.ip || o.status.podIP || '<none>',
  },
  { name: 'Node', type: 'string', description: 'Node the pod is assigned to.', priority: 1, value: (o) => o.spec.nodeName || '<none>' },
  {
    name: 'Nominated Node',
    type: 'string',
    description: 'Node where room is being made for the pod.',
    priority: 1,
    value: (o) => o.status.nominatedNodeName || '<none>',
  },
  { name: 'Readiness Gates', type: 'string', description: 'Readiness gates that are met, of all.', priority: 1, value: gatesText },
]
