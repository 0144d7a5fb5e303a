import { type Duplex, pipeline } from 'node:stream'

import { type ExecResult, type ExecStream, type ExecStreamOptions, RuntimeError } from '@quarterdeck/runtime'
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

export async function execStream(docker: Docker, id: string, command: readonly string[], options: ExecStreamOptions): Promise<ExecStream> {
  return call(`running ${command[0] ?? ''}`, async () => {
    const exec = await docker.getContainer(id).exec({
      Cmd: [...command],
      AttachStdin: options.stdin,
      AttachStdout: true,
      AttachStderr: true,
      Tty: options.tty,
    })
    const stream: Duplex = await exec.start({ hijack: true, stdin: options.stdin, Tty: options.tty })
    return {
      stream,
      async exitCode() {
        const state = await call('looking at the command', () => exec.inspect())
        if (state.ExitCode === null) throw new RuntimeError('Unknown', 'the command is still running')
        return state.ExitCode
      },
      async resize(size) {
        await call('resizing the terminal', () => exec.resize({ h: size.height, w: size.width }))
      },
    }
  })
}
