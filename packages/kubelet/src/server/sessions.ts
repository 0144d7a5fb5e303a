import type { Readable } from 'node:stream'
import { once } from 'node:events'

import { badRequest, type Status } from '@quarterdeck/api-machinery'
import type { ExecStream, ProcessStreams, StreamOptions } from '@quarterdeck/runtime'
import { channels, type ChannelLink } from '@quarterdeck/streams'

/** The streams that a query asks for. Throws BadRequest where Kubernetes does. */
export function streamOptionsOf(query: URLSearchParams): StreamOptions {
  const flag = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '')
  const [stdin, stdout, stderr, tty] = [flag('stdin'), flag('stdout'), flag('stderr'), flag('tty')]
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least one of stdin, stdout, stderr')
  // A terminal has one output.
  return { stdin, stdout, stderr: stderr && !tty, tty }
}

/**
 * Joins a process and a client until the process has ended, which the client is told with a Status, or the client is gone. `exitCode` is
 * absent for a process that was only looked at.
 */
export async function joinProcess(link: ChannelLink, process: ProcessStreams & Partial<Pick<ExecStream, 'exitCode'>>): Promise<void> {
  const input = takeInput(link, process).finally(() => process.destroy())
  try {
    await Promise.all([copy(process.stdout, channels.stdout, link), copy(process.stderr, channels.stderr, link)])
    const status = statusOf((await process.exitCode?.()) ?? 0)
    await link.send(channels.error, Buffer.from(JSON.stringify(status)))
  } catch (error) {
    const status = { metadata: {}, status: 'Failure', reason: 'InternalError', message: (error as Error).message, code: 500 }
    await link.send(channels.error, Buffer.from(JSON.stringify(status)))
  } finally {
    link.end()
    process.destroy()
  }
  await input
}

async function copy(from: Readable | undefined, channel: number, link: ChannelLink): Promise<void> {
  if (from) for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) await link.send(channel, chunk)
}

async function takeInput(link: ChannelLink, process: ProcessStreams): Promise<void> {
  try {
    for await (const { channel, data } of link.incoming) {
      if (channel === channels.stdin) await write(process, data)
      else if (channel === channels.resize) await resize(process, data)
      else if (channel === channels.close && data[0] === channels.stdin) process.stdin?.end()
    }
  } catch {
    // The client is gone.
  }
}

async function write({ stdin }: ProcessStreams, data: Uint8Array): Promise<void> {
  if (!stdin || stdin.destroyed || stdin.writableEnded || data.length === 0) return
  if (!stdin.write(data)) await Promise.race([once(stdin, 'drain'), once(stdin, 'close')]).catch(() => {})
}

/** A size that is none says nothing, and a process that has ended has no terminal. */
async function resize(process: ProcessStreams, data: Uint8Array): Promise<void> {
  try {
    const { Width: width, Height: height } = JSON.parse(Buffer.from(data).toString()) as { Width: unknown; Height: unknown }
    if (isSize(width) && isSize(height)) await process.resize({ width, height })
  } catch {}
}

const isSize = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536

/** How clients of remotecommand learn of an exit code (v4.channel.k8s.io). */
function statusOf(exitCode: number): Partial<Status> | object {
  if (exitCode === 0) return { metadata: {}, status: 'Success' }
  return {
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  }
}
