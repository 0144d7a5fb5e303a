import { ApiError, internalError, unavailable } from '@quarterdeck/api-machinery'

/** The session ended, so that nothing is known of what was sent on it and not answered. */
export class SessionLost extends Error {
  override readonly name = 'SessionLost'
}

/** SQLSTATE of a server error; undefined for errors of the connection and of the driver. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object) ? code : undefined
}

/** Connection exceptions, and the server going down, starting or being out of connections. */
export function isSessionLoss(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state === undefined || state.startsWith('08') || state.startsWith('57P') || state === '53300'
}

/** The transaction was rolled back for a reason that is not its own: serialization failure, deadlock, lock timeout, cancelled. */
export function isWorthRepeating(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== undefined && (state.startsWith('40') || state === '55P03' || state === '57014')
}

/** What a caller is told about an error of the database that is not a precondition. */
export function databaseError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const message = error instanceof Error ? error.message : String(error)
  const state = sqlStateOf(error)
  // Insufficient resources (a full disk) and a read-only server pass; data the server refuses does not.
  if (state === undefined || isSessionLoss(error) || state.startsWith('53') || state === '25006')
    return unavailable(`the database is not available: ${message}`)
  return internalError(`the database refused: ${message}`)
}
