import { BlockList, isIPv6 } from 'node:net'

import type { ServiceCIDR, V1Condition } from '@quarterdeck/api'
import { timestamp } from '@quarterdeck/api-machinery'

/** Whether no address would be without a network if this one went. No I/O. */
export function canGo(cidr: ServiceCIDR, others: readonly ServiceCIDR[], addresses: readonly string[]): boolean {
  const own = rangesOf([cidr])
  const rest = rangesOf(others.filter(({ metadata }) => metadata.uid !== cidr.metadata.uid && !metadata.deletionTimestamp))
  return !addresses.some((ip) => own.check(ip, familyOf(ip)) && !rest.check(ip, familyOf(ip)))
}

function rangesOf(cidrs: readonly ServiceCIDR[]): BlockList {
  const ranges = new BlockList()
  for (const cidr of cidrs.flatMap(({ spec }) => spec.cidrs ?? [])) {
    const [network = '', bits = ''] = cidr.split('/')
    ranges.addSubnet(network, Number(bits), familyOf(network))
  }
  return ranges
}

const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIPv6(ip) ? 'ipv6' : 'ipv4')

/** The condition Ready as it should be; the same object if it is. No I/O. */
export function readyCondition({ status }: ServiceCIDR, isReady: boolean, nowMs: number): V1Condition {
  const old = status.conditions?.find(({ type }) => type === 'Ready')
  const wanted = isReady
    ? { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
    : {
        status: 'False',
        reason: 'Terminating',
        message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      }
  if (old && old.status === wanted.status && old.message === wanted.message) return old
  const lastTransitionTime = old?.status === wanted.status ? old.lastTransitionTime : timestamp(new Date(nowMs))
  return { type: 'Ready', ...wanted, lastTransitionTime }
}
