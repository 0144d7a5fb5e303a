import { leases } from '@quarterdeck/api'
import type { Client } from '@quarterdeck/client'

import type { PodVerdicts } from './verdicts.ts'

/** The Lease that the process with the scheduler holds while it leads. */
export const workerLease = { namespace: 'kube-system', name: 'quarterdeck-worker' }

/** On that Lease: `host:port` where the leader answers `GET /verdicts/POD-UID`. */
export const statusAddressAnnotation = 'quarterdeck.dev/worker-status-address'

const timeoutMs = 2_000

/**
 * Why a pending Pod is pending, asked of whichever process schedules. Undefined if it has no failed attempt, or if the scheduler
 * can't be reached from here: it listens on loopback.
 */
export async function fetchVerdicts(client: Client, podUid: string): Promise<PodVerdicts | undefined> {
  const lease = await client.get(leases, workerLease).catch(() => undefined)
  const address = lease?.metadata.annotations?.[statusAddressAnnotation]
  if (!address || !lease?.spec.holderIdentity) return undefined
  try {
    const response = await fetch(`http://${address}/verdicts/${encodeURIComponent(podUid)}`, { signal: AbortSignal.timeout(timeoutMs) })
    return response.ok ? ((await response.json()) as PodVerdicts) : undefined
  } catch {
    return undefined
  }
}
