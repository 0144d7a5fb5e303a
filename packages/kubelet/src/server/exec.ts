import { pipeline } from 'node:stream'

import type { Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'
import type { ContainerRuntime } from '@quarterdeck/runtime'
import type { TunnelRequest, TunnelResponse } from '@quarterdeck/tunnel'

export interface ExecTarget {
  request: TunnelRequest
  response: TunnelResponse
  pod: Pod
  container: string
  query: URLSearchParams
}

/**
 * Runs `?command=…&command=…` in a container. The body of the request is its standard input; the body of the answer its
 * output, in frames of the engine's format (stream number, three zeros, length) unless `tty`. The trailer `exit-code` ends it.
 */
export async function serveExec(runtime: ContainerRuntime, target: ExecTarget): Promise<void> {
  const { request, response, query } = target
  const command = query.getAll('command')
  if (command.length === 0) throw badRequest('you must specify at least 1 command for the container')
  const running = (await runtime.listContainers(target.pod.metadata.uid)).find(
    (found) => found.name === target.container && found.state === 'running',
  )
  if (!running) throw badRequest(`container ${target.container} is not running in pod ${target.pod.metadata.name}`)
  const options = { tty: query.get('tty') === 'true', stdin: query.get('stdin') === 'true' }
  const process = await runtime.execStream(running.id, command, options)
  response.writeHead(200, { trailer: 'exit-code' })
  response.on('close', () => process.stream.destroy())
  if (options.stdin) pipeline(request, process.stream, () => {})
  process.stream.on('data', (chunk: Buffer) => {
    if (!response.write(chunk)) {
      process.stream.pause()
      response.once('drain', () => process.stream.resume())
    }
  })
  process.stream.on('error', () => response.stream.destroy())
  process.stream.on('end', () => {
    void process
      .exitCode()
      .then((code) => {
        response.addTrailers({ 'exit-code': String(code) })
        response.end()
      })
      .catch(() => response.stream.destroy())
  })
}
