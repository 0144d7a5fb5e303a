import { RuntimeError, type RuntimeErrorCode } from '@quarterdeck/runtime'
import Docker from 'dockerode'

export const defaultSocketPath = '/var/run/docker.sock'

export function connectEngine(socketPath: string = defaultSocketPath): Docker {
  return new Docker({ socketPath })
}

interface EngineFailure {
  statusCode?: number
  code?: string
  message?: string
  json?: { message?: string } | null
}

/** Runs an engine call; its failure becomes a RuntimeError that says what `doing` was. */
export async function call<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toRuntimeError(doing, error)
  }
}

/** As `call`, but what is gone already, or is already so, is as good as done. */
export async function callUnless(codes: readonly RuntimeErrorCode[], doing: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const failure = toRuntimeError(doing, error)
    if (!codes.includes(failure.code)) throw failure
  }
}

export function toRuntimeError(doing: string, error: unknown): RuntimeError {
  if (error instanceof RuntimeError) return error
  const failure = error as EngineFailure
  // The client puts the answer's code before the engine's words.
  const message = (failure.json?.message ?? failure.message ?? String(error)).replace(/^\(HTTP code \d+\) .*? - /, '').trim()
  return new RuntimeError(codeOf(failure), `${doing}: ${message}`, { cause: error })
}

function codeOf(failure: EngineFailure): RuntimeErrorCode {
  if (failure.statusCode === 404) return 'NotFound'
  if (failure.statusCode === 409 || failure.statusCode === 304) return 'Conflict'
  if (failure.code === 'ECONNREFUSED' || failure.code === 'ENOENT' || failure.code === 'EACCES' || failure.code === 'ECONNRESET')
    return 'Unavailable'
  return 'Unknown'
}
