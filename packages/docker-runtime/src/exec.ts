import { type Duplex, pipeline } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'

import { type ExecResult, type ExecStream, type ProcessStreams, RuntimeError, type StreamOptions } from '@quarterdeck/runtime'
import type Docker from 'dockerode'

import { call } from './engine.ts'
import { FrameDecoder } from './frames.ts'

const maxOutputBytes = 10 * 1024

/** Runs a command and waits for it. Aborting stops waiting; the engine has no way to kill the process. */
export async function execInContainer(docker: Docker, id: string, command: readonly string[], signal: AbortSignal): Promise<ExecResult> {
  return call(`running ${command[0] ?? ''}`, async () => {
    const exec = await docker.getContainer(id).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true })
    const raw = await exec.start({ hijack: true, stdin: false })
    // The pipeline hands an error of the raw stream on to its last one, where the loop below meets it.
    const output = pipeline(raw, new FrameDecoder({ stdout: true, stderr: true }), () => {})
    const chunks: Buffer[] = []
    let size = 0
    const stop = () => raw.destroy(new Error('timed out'))
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    try {
      for await (const chunk of output as AsyncIterable<Buffer>) {
        if (size < maxOutputBytes) chunks.push(chunk.subarray(0, maxOutputBytes - size))
        size += chunk.length
      }
    } finally {
      signal.removeEventListener('abort', stop)
      raw.destroy()
    }
    const { ExitCode } = await exec.inspect()
    return { exitCode: ExitCode ?? -1, output: Buffer.concat(chunks).toString('utf8') }
  })
}

/** How long the engine may take to know how a command ended after its output has. */
const exitCodeTries = 50
const exitCodePauseMs = 20

export async function execStream(docker: Docker, id: string, command: readonly string[], options: StreamOptions): Promise<ExecStream> {
  return call(`running ${command[0] ?? ''}`, async () => {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      AttachStdin: options.stdin,
      AttachStdout: options.stdout,
      AttachStderr: options.stderr,
      Tty: options.tty,
    })
    const stream: Duplex = await exec.start({ hijack: true, stdin: options.stdin, Tty: options.tty })
    return {
      ...processStreams(stream, options),
      async exitCode() {
        for (let tries = 0; tries < exitCodeTries; tries++) {
          const { ExitCode, Running } = await call('looking at the command', () => exec.inspect())
          if (!Running && ExitCode !== null) return ExitCode
          await delay(exitCodePauseMs)
        }
        throw new RuntimeError('Unknown', 'the command is still running')
      },
      async resize({ height, width }) {
        await call('resizing the terminal', () => exec.resize({ h: height, w: width }))
      },
    }
  })
}

export async function attachContainer(docker: Docker, id: string, options: StreamOptions): Promise<ProcessStreams> {
  return call(`attaching to container ${id}`, async () => {
    const container = docker.getContainer(id)
    const { stdin, stdout, stderr } = options
    const stream = (await container.attach({ stream: true, hijack: true, logs: false, stdin, stdout, stderr })) as Duplex
    return {
      ...processStreams(stream, options),
      async resize({ height, width }) {
        await call('resizing the terminal', () => container.resize({ h: height, w: width }))
      },
    }
  })
}

/** Takes the engine's one stream apart: without a terminal output comes in frames that say which it is. */
function processStreams(stream: Duplex, { stdin, stdout, stderr, tty }: StreamOptions): Omit<ProcessStreams, 'resize'> {
  const destroy = (): void => void stream.destroy()
  const input = stdin ? stream : undefined
  if (tty) return { stdin: input, stdout: stdout ? stream : undefined, stderr: undefined, destroy }
  const decoded = (wanted: boolean, which: 'stdout' | 'stderr') => {
    if (!wanted) return undefined
    const decoder = stream.pipe(new FrameDecoder({ stdout: which === 'stdout', stderr: which === 'stderr' }))
    stream.once('error', (error) => decoder.destroy(error))
    stream.once('close', () => decoder.end())
    return decoder
  }
  const outputs = { stdout: decoded(stdout, 'stdout'), stderr: decoded(stderr, 'stderr') }
  if (!stdout && !stderr) stream.resume()
  return { stdin: input, ...outputs, destroy }
}
