import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { mastersGroup, nodesGroup, nodeUserPrefix, type ApiServer, type KeyPair } from '@quarterdeck/apiserver'
import { stringify } from 'yaml'

const clientDays = 365

export interface CredentialFiles {
  dir: string
  apiUrl: string
  nodeName: string | undefined
}

/** Writes `admin.kubeconfig`, the agent's `node.kubeconfig`, and the first administrator's password, readable by their owner alone. */
export async function writeCredentials(server: ApiServer, { dir, apiUrl, nodeName }: CredentialFiles): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const { authority } = server.identity
  const admin = await authority.issueClient('kubernetes-admin', [mastersGroup], clientDays)
  await writePrivate(join(dir, 'admin.kubeconfig'), kubeconfig(authority.certificatePem, apiUrl, admin))
  if (nodeName) {
    const node = await authority.issueClient(nodeUserPrefix + nodeName, [nodesGroup], clientDays)
    await writePrivate(join(dir, 'node.kubeconfig'), kubeconfig(authority.certificatePem, apiUrl, node))
  }
  await ensurePassword(server, join(dir, 'admin-password'))
}

/** The password is put on disk before the user is made of it: a crash in between loses nothing. */
async function ensurePassword(server: ApiServer, file: string): Promise<void> {
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  const password = kept?.trim() || randomUUID().replaceAll('-', '').slice(0, 16)
  if (!kept) await writePrivate(file, `${password}\n`)
  await server.sessions.ensureAdministrator(password)
}

/** Replaces the file in one step. */
async function writePrivate(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, text, { mode: 0o600 })
  await rename(temporary, file)
}

function kubeconfig(caPem: string, server: string, { certificatePem, keyPem }: KeyPair): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'quarterdeck', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [{ name: 'quarterdeck', user: { 'client-certificate-data': base64(certificatePem), 'client-key-data': base64(keyPem) } }],
    contexts: [{ name: 'quarterdeck', context: { cluster: 'quarterdeck', user: 'quarterdeck' } }],
    'current-context': 'quarterdeck',
  })
}
