import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { text } from 'node:stream/consumers'

import { controllerManager, createRestHandler, type ApiServer } from '@quarterdeck/apiserver'

/** Resolves with what it prints, rejects if it fails. */
export type Kubectl = (command: string, input?: string) => Promise<string>

/** Serves the cluster on loopback without credentials, and returns kubectl for it. */
export async function startKubectl(t: TestContext, server: ApiServer): Promise<Kubectl> {
  const http = createServer(createRestHandler({ server, authenticate: async () => controllerManager }).handle)
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  t.after(() => {
    http.close()
    http.closeAllConnections()
  })
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return async (command, input = '') => {
    const kubectl = spawn('kubectl', ['--server', url, '--kubeconfig', '/dev/null', ...command.split(' ')])
    kubectl.stdin.end(input)
    const [stdout, stderr, [code]] = await Promise.all([text(kubectl.stdout), text(kubectl.stderr), once(kubectl, 'exit')])
    if (code !== 0) throw new Error(`kubectl ${command}: ${stderr}`)
    return stdout + stderr
  }
}
