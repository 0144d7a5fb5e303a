import type { Namespace, Node } from '@quarterdeck/api'

import type { State } from './state.ts'

const pressures: Record<string, string> = {
  MemoryPressure: 'Memory pressure',
  DiskPressure: 'Disk pressure',
  PIDPressure: 'Too many processes',
  NetworkUnavailable: 'No network',
}

export function nodeState({ spec, status }: Node): State {
  const conditions = status?.conditions ?? []
  const ready = conditions.find((c) => c.type === 'Ready')
  if (ready?.status !== 'True')
    return { text: ready?.status === 'Unknown' ? 'Unreachable' : 'Not ready', tone: 'bad', reason: ready?.message }
  const pressure = conditions.find((c) => c.status === 'True' && c.type in pressures)
  if (pressure) return { text: pressures[pressure.type]!, tone: 'warning', reason: pressure.message }
  return spec?.unschedulable ? { text: 'Cordoned', tone: 'warning' } : { text: 'Ready', tone: 'good' }
}

export function namespaceState({ status }: Namespace): State {
  const { phase = 'Active', conditions = [] } = status ?? {}
  const held = conditions.find((c) => c.status === 'True' && c.message)
  return phase === 'Active' ? { text: phase, tone: 'good' } : { text: phase, tone: 'progress', reason: held?.message }
}
