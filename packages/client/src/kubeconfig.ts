import { readFile } from 'node:fs/promises'

import { parse } from 'yaml'

import type { HttpClientOptions } from './http-client.ts'

interface Kubeconfig {
  'current-context'?: string
  contexts?: { name: string; context: { cluster: string; user: string } }[]
  clusters?: { name: string; cluster: { server: string; 'certificate-authority-data'?: string } }[]
  users?: { name: string; user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[]
}

/** What the current context of a kubeconfig says of a server and its credentials. Throws with the file's name and what it lacks. */
export async function readKubeconfig(file: string): Promise<Omit<HttpClientOptions, 'userAgent'>> {
  const config = parse(await readFile(file, 'utf8')) as Kubeconfig
  const context = config.contexts?.find((c) => c.name === config['current-context'])?.context
  const cluster = config.clusters?.find((c) => c.name === context?.cluster)?.cluster
  const user = config.users?.find((u) => u.name === context?.user)?.user
  if (!cluster?.server || !user) throw new Error(`${file} names no current context with a cluster and a user`)
  const decoded = (base64: string | undefined): string | undefined =>
    base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString()
  const caPem = decoded(cluster['certificate-authority-data'])
  const certificatePem = decoded(user['client-certificate-data'])
  const keyPem = decoded(user['client-key-data'])
  const { token } = user
  return {
    url: cluster.server,
    ...(caPem === undefined ? {} : { caPem }),
    ...(certificatePem === undefined ? {} : { certificatePem }),
    ...(keyPem === undefined ? {} : { keyPem }),
    ...(token === undefined ? {} : { token: () => token }),
  }
}
