import { pipeline } from 'node:stream'

import type { Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import type { ContainerRuntime } from '@quarterdeck/runtime'
import type { TunnelResponse } from '@quarterdeck/tunnel'

/** Joins both bodies to a TCP port of a pod, as bytes. */
export async function servePort(
  runtime: ContainerRuntime,
  pod: Pod,
  { response, port }: { response: TunnelResponse; port: number },
): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw badRequest(`${port} is not a port: allowed are 1 to 65535`)
  const sandbox = (await runtime.listSandboxes(pod.metadata.uid)).find(({ state }) => state === 'running')
  if (!sandbox) throw badRequest(`pod ${pod.metadata.name} is not running`)
  const target = await runtime.dial(sandbox.id, port)
  const { stream } = response
  stream.respond({ ':status': 200 })
  // Each direction ends by itself; when one breaks off, both do.
  pipeline(stream, target, (error) => error && stream.destroy())
  pipeline(target, stream, (error) => error && target.destroy())
}
