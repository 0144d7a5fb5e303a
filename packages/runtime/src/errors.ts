/** What a caller can do about a runtime's failure. */
export type RuntimeErrorCode =
  /** No such container, sandbox or image. */
  | 'NotFound'
  /** The name is taken: the same attempt was made before. */
  | 'Conflict'
  /** The image reference cannot be parsed. */
  | 'InvalidImageName'
  /** The registry refused, did not answer, or has no such image. */
  | 'PullFailed'
  /** The container was made but its process could not be started. */
  | 'StartFailed'
  /** The engine cannot be reached. */
  | 'Unavailable'
  | 'Unknown'

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode

  constructor(code: RuntimeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RuntimeError'
    this.code = code
  }
}

export function isRuntimeError(error: unknown, ...codes: RuntimeErrorCode[]): error is RuntimeError {
  return error instanceof RuntimeError && (codes.length === 0 || codes.includes(error.code))
}
