/** A container cannot be started yet: the reason and message of its waiting state, and when to try again. */
export class ContainerWaitError extends Error {
  readonly reason: string
  readonly retryAtMs: number | undefined

  constructor(reason: string, message: string, retryAtMs?: number) {
    super(message)
    this.name = 'ContainerWaitError'
    this.reason = reason
    this.retryAtMs = retryAtMs
  }
}
