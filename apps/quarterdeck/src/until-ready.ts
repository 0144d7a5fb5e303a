import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { nodes, nodeStatusText } from '@quarterdeck/api'
import { createHttpClient, readKubeconfig } from '@quarterdeck/client'
import { SettingError } from '@quarterdeck/process'

import type { SupervisedProcess } from './supervised-process.ts'

const pollMs = 100
const timeoutMs = 120_000
/** A process that keeps ending at its start will not get better by waiting. */
const maxFalls = 4

/** Polls until `check` holds. Throws SettingError with the end of the log of a process that cannot stay up. */
async function until(what: string, watched: SupervisedProcess, check: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(pollMs, undefined, { signal })) {
    if (await check().catch(() => false)) return
    if (watched.falls >= maxFalls) throw new SettingError(`${what} does not start:\n${watched.tail.trim()}`)
  }
  throw new SettingError(`${what} was not ready after ${timeoutMs / 1000} s:\n${watched.tail.trim()}`)
}

export async function untilWebReady(url: string, web: SupervisedProcess, credentialsDir: string, signal: AbortSignal): Promise<void> {
  await until(
    'web',
    web,
    async () =>
      (await fetch(`${url}/readyz`)).ok &&
      Boolean(await readFile(join(credentialsDir, 'admin.kubeconfig'))) &&
      Boolean(await readFile(join(credentialsDir, 'node.kubeconfig'))),
    signal,
  )
}

export async function untilNodeReady(
  nodeName: string,
  agent: SupervisedProcess,
  kubeconfigFile: string,
  signal: AbortSignal,
): Promise<void> {
  const client = createHttpClient({ ...(await readKubeconfig(kubeconfigFile)), userAgent: 'quarterdeck-start' })
  try {
    await until(
      `node ${nodeName}`,
      agent,
      async () => nodeStatusText(await client.get(nodes, { namespace: '', name: nodeName })).startsWith('Ready'),
      signal,
    )
  } finally {
    await client.close()
  }
}
