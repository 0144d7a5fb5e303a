import { access } from 'node:fs/promises'
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

interface Wait {
  what: string
  process: SupervisedProcess
  signal: AbortSignal
  /** Resolves with undefined when it is ready, else with what is still missing, where that is known. */
  check(): Promise<string | undefined>
}

/** Polls until `check` is satisfied. Throws SettingError that says what is missing and how the process's log ends. */
async function untilReady({ what, process, signal, check }: Wait): Promise<void> {
  let missing: string | undefined = ''
  for (const end = Date.now() + timeoutMs; Date.now() < end; await delay(pollMs, undefined, { signal })) {
    missing = await check().catch(() => '')
    if (missing === undefined) return
    if (process.falls >= maxFalls) throw new SettingError(`${what} does not start:\n${process.tail.trim()}`)
  }
  throw new SettingError(`${what} was not ready after ${timeoutMs / 1000} s${missing ? `: ${missing}` : `:\n${process.tail.trim()}`}`)
}

/** Until web answers and has written the credentials. */
export async function untilWebReady(url: string, web: SupervisedProcess, credentialsDir: string, signal: AbortSignal): Promise<void> {
  await untilReady({
    what: 'web',
    process: web,
    signal,
    async check() {
      if (!(await fetch(`${url}/sign-in`)).ok) return ''
      await Promise.all(['admin.kubeconfig', 'node.kubeconfig', 'admin-password'].map((file) => access(join(credentialsDir, file))))
      return undefined
    },
  })
}

export async function untilNodeReady(
  nodeName: string,
  agent: SupervisedProcess,
  kubeconfigFile: string,
  signal: AbortSignal,
): Promise<void> {
  const client = createHttpClient({ ...(await readKubeconfig(kubeconfigFile)), userAgent: 'quarterdeck-start' })
  try {
    await untilReady({
      what: `node ${nodeName}`,
      process: agent,
      signal,
      async check() {
        const node = await client.get(nodes, { namespace: '', name: nodeName })
        if (nodeStatusText(node).startsWith('Ready')) return undefined
        return node.status.conditions?.find((condition) => condition.type === 'Ready')?.message ?? ''
      },
    })
  } finally {
    await client.close()
  }
}
