import {
  configMaps,
  dayOf,
  namespaces,
  priorityClasses,
  secrets,
  serviceCidrs,
  systemPriorityClasses,
  tokenTrackingConfigMap,
  type Namespace,
  type Secret,
} from '@quarterdeck/api'
import { createIfAbsent, getIfExists, type Client } from '@quarterdeck/client'

import { createAuthorityKeyPair, openAuthority, type CertificateAuthority } from './auth/certificate-authority.ts'
import type { ServerKeys } from './auth/server-keys.ts'
import { createSigningKeyPem } from './auth/service-account-tokens.ts'
import { ensureStorageClass } from './default-class.ts'

const authorityDays = 3650
const systemNamespaces = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const

/** What every API server of a cluster shares, so that any number of them can start. */
export interface ClusterIdentity {
  authority: CertificateAuthority
  serviceAccountSigningKeyPem: string
}

/** Makes what a cluster needs before its first request, unless it is there. Safe to run by several servers at once. */
export async function bootstrapCluster(client: Client, keys: ServerKeys, serviceCidr: string): Promise<ClusterIdentity> {
  for (const name of systemNamespaces) await createIfAbsent<Namespace>(client, namespaces, { metadata: { name }, spec: {}, status: {} })
  for (const { name, ...rest } of systemPriorityClasses) await createIfAbsent(client, priorityClasses, { metadata: { name }, ...rest })
  await createIfAbsent(client, serviceCidrs, { metadata: { name: 'kubernetes' }, spec: { cidrs: [serviceCidr] }, status: {} })
  await ensureStorageClass(client)
  await createIfAbsent(client, configMaps, {
    metadata: { name: tokenTrackingConfigMap, namespace: 'kube-system' },
    data: { since: dayOf(Date.now()) },
  })
  const authority = await keys.ensure('cluster-ca', async () => {
    const pair = await createAuthorityKeyPair('quarterdeck-ca', authorityDays)
    return { 'tls.crt': pair.certificatePem, 'tls.key': pair.keyPem }
  })
  const signing = await keys.ensure('service-account-key', () => ({ 'signing.key': createSigningKeyPem() }))
  return {
    authority: await openAuthority({ certificatePem: authority['tls.crt']!, keyPem: authority['tls.key']! }),
    serviceAccountSigningKeyPem: signing['signing.key']!,
  }
}

/** The data of a Secret in kube-system, made with `produce` if it does not exist. Of several that race, one wins and all read it. */
export async function ensureSecret(
  client: Client,
  name: string,
  type: string,
  produce: () => Promise<Record<string, string | Buffer>>,
): Promise<Record<string, string>> {
  const key = { namespace: 'kube-system', name }
  const existing = await getIfExists(client, secrets, key)
  if (existing) return decodedData(existing)
  const data = Object.fromEntries(Object.entries(await produce()).map(([k, v]) => [k, Buffer.from(v).toString('base64')]))
  await createIfAbsent(client, secrets, { metadata: key, type, data })
  return decodedData(await client.get(secrets, key))
}

function decodedData(secret: Secret): Record<string, string> {
  return Object.fromEntries(Object.entries(secret.data ?? {}).map(([k, v]) => [k, Buffer.from(v, 'base64').toString()]))
}
