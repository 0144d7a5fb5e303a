import type { ResourceClaim, ServiceCIDR } from '@quarterdeck/api'

import type { State } from './state.ts'

/** Whether a claim has its devices and is used; a device that says it is not ready comes first. */
export function deviceClaimState({ status }: ResourceClaim): State {
  if (!status.allocation) return { text: 'Pending', tone: 'progress', reason: undefined }
  for (const { device, conditions = [] } of status.devices ?? []) {
    const notReady = conditions.find((c) => c.type === 'Ready' && c.status === 'False')
    if (notReady) return { text: 'Device not ready', tone: 'bad', reason: `${device}: ${notReady.message || notReady.reason}` }
  }
  return status.reservedFor?.length ? { text: 'In use', tone: 'good' } : { text: 'Allocated', tone: 'neutral' }
}

export function serviceCidrState({ status }: ServiceCIDR): State {
  const ready = status.conditions?.find((c) => c.type === 'Ready')
  if (ready?.status === 'True') return { text: 'Ready', tone: 'good' }
  return ready ? { text: 'Not ready', tone: 'bad', reason: ready.message } : { text: 'Starting', tone: 'progress' }
}
