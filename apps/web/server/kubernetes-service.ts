import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { endpoints, endpointSlices, leases, services, type EndpointSlice, type Kind, type Lease, type Service } from '@quarterdeck/api'
import { microTimestamp, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import { absentIfNotFound, createIfAbsent, getIfExists, type Client } from '@quarterdeck/client'

const leaseSeconds = 15
const renewEveryMs = 5_000
const leaseLabel = 'quarterdeck.dev/apiserver'
const namespace = 'default'
const name = 'kubernetes'

export interface KubernetesServiceOptions {
  client: Client
  /** The Service's address in the cluster. */
  clusterIP: string
  /** Where this server is reached from pods; absent: it is not offered. */
  address: string | undefined
  port: number
  signal: AbortSignal
}

/**
 * Keeps the Service `default/kubernetes` pointing at the API servers that are alive. Each holds a Lease in kube-system,
 * and all of them write the same endpoints: those of the Leases that have not run out.
 */
export async function keepKubernetesService(options: KubernetesServiceOptions): Promise<void> {
  const { client, signal } = options
  const leaseName = `apiserver-${randomUUID().slice(0, 8)}`
  while (!signal.aborted) {
    try {
      await ensureService(options)
      await renewLease(options, leaseName)
      await writeEndpoints(options, await liveAddresses(client))
    } catch (error) {
      console.error(`the kubernetes service could not be kept: ${(error as Error).message}`)
    }
    await delay(renewEveryMs, undefined, { signal, ref: false }).catch(() => {})
  }
  await client.delete(leases, { namespace: 'kube-system', name: leaseName }).catch(() => {})
}

async function ensureService({ client, clusterIP, port }: KubernetesServiceOptions): Promise<void> {
  if (await getIfExists(client, services, { namespace, name })) return
  await createIfAbsent<Service>(client, services, {
    metadata: { name, namespace, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: { type: 'ClusterIP', clusterIP, ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }] },
    status: {},
  })
}

async function renewLease({ client, address }: KubernetesServiceOptions, leaseName: string): Promise<void> {
  const now = microTimestamp()
  const key = { namespace: 'kube-system', name: leaseName }
  const spec = { holderIdentity: address ?? '', leaseDurationSeconds: leaseSeconds, renewTime: now }
  const renewed = await client.patch(leases, key, { spec }, { type: 'merge' }).catch(absentIfNotFound)
  if (!renewed) await createIfAbsent(client, leases, { metadata: { ...key, labels: { [leaseLabel]: 'true' } }, spec })
}

/** Sorted, so that every server writes the same. Leases long run out are removed. */
async function liveAddresses(client: Client): Promise<string[]> {
  const { items } = await client.list(leases, { namespace: 'kube-system', labelSelector: leaseLabel })
  const age = (lease: Lease): number => Date.now() - Date.parse(lease.spec.renewTime ?? '')
  for (const lease of items)
    if (age(lease) > 10 * leaseSeconds * 1000)
      await client.delete(leases, { namespace: 'kube-system', name: lease.metadata.name }).catch(absentIfNotFound)
  const live = items.filter((lease) => age(lease) < leaseSeconds * 1000)
  return [...new Set(live.map((lease) => lease.spec.holderIdentity ?? '').filter(Boolean))].toSorted()
}

async function writeEndpoints({ client, port }: KubernetesServiceOptions, addresses: readonly string[]): Promise<void> {
  const ports = [{ name: 'https', port, protocol: 'TCP' }]
  const slice = {
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports,
  }
  const subsets = addresses.length > 0 ? [{ addresses: addresses.map((ip) => ({ ip })), ports }] : undefined
  await createOrPatch(client, endpointSlices, slice as Draft<EndpointSlice>)
  // The slice above is written here too: nobody is to mirror these.
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
  await createOrPatch(client, endpoints, { metadata: { name, namespace, labels }, subsets })
}

/** A patch that changes nothing writes nothing. */
async function createOrPatch<T extends KubeObject>(client: Client, kind: Kind<T>, object: Draft<T>): Promise<void> {
  const patched = await client.patch(kind, { namespace, name }, object, { type: 'merge' }).catch(absentIfNotFound)
  if (!patched) await createIfAbsent(client, kind, object)
}
