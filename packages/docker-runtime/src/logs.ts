import { pipeline, type Readable } from 'node:stream'

import type { LogOptions } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'
import { FrameDecoder } from './frames.ts'

/** The log as it comes from the engine, never held whole. Destroying the result, or the signal, ends the request. */
export async function containerLogs(docker: Docker, id: string, options: LogOptions): Promise<Readable> {
  const doing = `reading the log of container ${id}`
  const info = await call(doing, () => docker.getContainer(id).inspect())
  const query = {
    follow: String(options.follow),
    stdout: String(options.streams.stdout),
    stderr: String(options.streams.stderr),
    timestamps: String(options.timestamps),
    tail: options.tailLines === undefined ? 'all' : String(options.tailLines),
    ...(options.sinceMs === undefined ? {} : { since: (options.sinceMs / 1000).toFixed(3) }),
  }
  // dockerode collects a log that is not followed into one buffer; the modem streams it.
  const source = await call(doing, () => streamOf(docker, id, query, options.signal))
  const decoded = info.Config.Tty ? source : pipeline(source, new FrameDecoder(options.streams), () => {})
  options.signal.addEventListener('abort', () => decoded.destroy(), { once: true })
  return decoded
}

function streamOf(docker: Docker, id: string, query: Record<string, string>, abortSignal: AbortSignal): Promise<Readable> {
  return new Promise((resolve, reject) =>
    docker.modem.dial(
      {
        path: `/containers/${id}/logs?`,
        options: query,
        method: 'GET',
        isStream: true,
        abortSignal,
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
      },
      (error: unknown, stream: unknown) => (error ? reject(error) : resolve(stream as Readable)),
    ),
  )
}
