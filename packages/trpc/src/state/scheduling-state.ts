import type { Pod } from '@quarterdeck/api'

import type { State } from './state.ts'

/** How a pod without a node waits for one; undefined before the scheduler has said anything. */
export function schedulingState({ spec, status }: Pod): State | undefined {
  if (spec.nodeName) return undefined
  const condition = status.conditions?.find(({ type, status: value }) => type === 'PodScheduled' && value === 'False')
  if (!condition) return undefined
  const { reason, message = '' } = condition
  if (reason === 'SchedulingGated') {
    const gates = spec.schedulingGates?.map(({ name }) => name) ?? []
    return { text: 'Scheduling gated', tone: 'neutral', reason: gates.length > 0 ? `it is held by ${gates.join(', ')}` : message }
  }
  return claimTrouble(message) ?? { text: 'Unschedulable', tone: 'warning', reason: shortly(message), detail: message || undefined }
}

/** What the scheduler says of claims, which no node can mend. */
const claimTroubles: readonly { says: RegExp; text: string; reason: (name: string) => string }[] = [
  { says: /persistentvolumeclaim "([^"]+)" not found/, text: 'Claim missing', reason: (name) => `the claim ${name} does not exist` },
  {
    says: /ephemeral volume controller to create the persistentvolumeclaim "([^"]+)"/,
    text: 'Claim pending',
    reason: (name) => `the claim ${name} has yet to be made`,
  },
  {
    says: /persistentvolumeclaim "([^"]+)" is being deleted/,
    text: 'Claim terminating',
    reason: (name) => `the claim ${name} is being deleted`,
  },
  {
    says: /persistentvolumeclaim "([^"]+)" bound to non-existent/,
    text: 'Volume lost',
    reason: (name) => `the volume of the claim ${name} does not exist`,
  },
  {
    says: /storageclass\.storage\.k8s\.io "([^"]+)" not found/,
    text: 'StorageClass missing',
    reason: (name) => `the StorageClass ${name} of its claim does not exist`,
  },
  { says: /unbound immediate PersistentVolumeClaims/, text: 'Claim pending', reason: () => 'a claim of it has no volume yet' },
]

function claimTrouble(message: string): State | undefined {
  for (const { says, text, reason } of claimTroubles) {
    const found = says.exec(message)
    if (found) return { text, tone: 'warning', reason: reason(found[1] ?? ''), detail: message }
  }
  return undefined
}

/** `0/5 nodes are available: 3 Insufficient cpu. preemption: …` as `none of 5 nodes fits: 3 Insufficient cpu`. */
function shortly(message: string): string | undefined {
  const [, count, reasons] =
    /^0\/(\d+) nodes are available: (.*?)\.?(?: preemption:.*|no new claims to deallocate.*)?$/s.exec(message) ?? []
  if (count === undefined || reasons === undefined) return message || undefined
  if (count === '0') return 'there is no node'
  return `none of ${count === '1' ? 'the 1 node' : `${count} nodes`} fits: ${reasons}`
}
