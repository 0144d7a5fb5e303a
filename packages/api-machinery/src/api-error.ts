import { boundedText } from './bounded-text.ts'
import type { FieldError } from './field-error.ts'

/** The machine-readable reasons of metav1.Status that this server gives. */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'Timeout'
  | 'ServerTimeout'
  | 'TooManyRequests'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'ServiceUnavailable'

/** HTTP status of each reason. Total, so that a new reason cannot be forgotten. */
export const httpStatusOf: Record<StatusReason, number> = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  AlreadyExists: 409,
  Conflict: 409,
  Gone: 410,
  Expired: 410,
  Invalid: 422,
  Timeout: 504,
  ServerTimeout: 500,
  TooManyRequests: 429,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  InternalError: 500,
  ServiceUnavailable: 503,
}

export interface StatusCause {
  reason?: string | undefined
  message?: string | undefined
  field?: string | undefined
}

export interface StatusDetails {
  name?: string | undefined
  group?: string | undefined
  kind?: string | undefined
  uid?: string | undefined
  causes?: StatusCause[] | undefined
  retryAfterSeconds?: number | undefined
}

/** metav1.Status as it travels. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, never>
  status: 'Success' | 'Failure'
  message?: string
  reason?: StatusReason
  details?: StatusDetails
  code: number
}

/** Names the resource an error is about; `group` is '' for the core group. */
export interface ResourceName {
  group: string
  /** Plural, as in paths. */
  resource: string
}

/** Every error that leaves the API server. Carries a Kubernetes status reason, from which each transport derives its code. */
export class ApiError extends Error {
  readonly reason: StatusReason
  readonly details: StatusDetails | undefined

  constructor(reason: StatusReason, message: string, details?: StatusDetails) {
    super(message)
    this.name = 'ApiError'
    this.reason = reason
    this.details = details
  }

  get code(): number {
    return httpStatusOf[this.reason]
  }

  toStatus(): Status {
    return {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: this.message,
      reason: this.reason,
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    }
  }

  static fromStatus(status: { message?: string; reason?: string; details?: StatusDetails; code?: number }): ApiError {
    const reason = status.reason && status.reason in httpStatusOf ? (status.reason as StatusReason) : reasonOfCode(status.code ?? 500)
    return new ApiError(reason, status.message ?? 'unknown error', status.details)
  }
}

export function isApiError(error: unknown, ...reasons: StatusReason[]): error is ApiError {
  return error instanceof ApiError && (reasons.length === 0 || reasons.includes(error.reason))
}

/** The reason that stands for an HTTP status when the body carries none. */
export function reasonOfCode(code: number): StatusReason {
  const found = (Object.keys(httpStatusOf) as StatusReason[]).find((reason) => httpStatusOf[reason] === code)
  return found ?? 'InternalError'
}

/** `pods`, or `deployments.apps`. */
export function qualified(name: ResourceName): string {
  return name.group ? `${name.resource}.${name.group}` : name.resource
}

const detailsOf = (target: ResourceName, name: string): StatusDetails => ({
  name,
  ...(target.group ? { group: target.group } : {}),
  kind: target.resource,
})

export function notFound(target: ResourceName, name: string): ApiError {
  return new ApiError('NotFound', `${qualified(target)} "${name}" not found`, detailsOf(target, name))
}

export function alreadyExists(target: ResourceName, name: string): ApiError {
  return new ApiError('AlreadyExists', `${qualified(target)} "${name}" already exists`, detailsOf(target, name))
}

export function conflict(target: ResourceName, name: string, why: string): ApiError {
  return new ApiError('Conflict', `Operation cannot be fulfilled on ${qualified(target)} "${name}": ${why}`, detailsOf(target, name))
}

/** The conflict of a write that was made from an old resourceVersion. */
export function staleWrite(target: ResourceName, name: string): ApiError {
  return conflict(target, name, 'the object has been modified; please apply your changes to the latest version and try again')
}

export function forbidden(target: ResourceName, name: string, why: string): ApiError {
  return new ApiError(
    'Forbidden',
    name ? `${qualified(target)} "${name}" is forbidden: ${why}` : `${qualified(target)} is forbidden: ${why}`,
    detailsOf(target, name),
  )
}

/** More than anybody reads; a list of a client's may have as many faults as elements. */
const maxFieldErrors = 100
const maxFieldLength = 512

/**
 * Validation failed: one cause per field error, of the first hundred. `kind` is the object's kind, as Kubernetes words it:
 * `Pod "x" is invalid: …`.
 */
export function invalid(target: { group: string; kind: string }, name: string, errors: readonly FieldError[]): ApiError {
  const told = errors.slice(0, maxFieldErrors).map((error) => ({ ...error, field: boundedText(error.field, maxFieldLength) }))
  const texts = [...new Set(told.map((error) => `${error.field}: ${error.message}`))]
  if (errors.length > told.length) texts.push(`and ${errors.length - told.length} more`)
  const shown = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`
  const kind = target.group ? `${target.kind}.${target.group}` : target.kind
  const shortName = boundedText(name, maxFieldLength)
  return new ApiError('Invalid', `${kind} "${shortName}" is invalid: ${shown}`, {
    name: shortName,
    ...(target.group ? { group: target.group } : {}),
    kind: target.kind,
    causes: told.map(({ reason, message, field }) => ({ reason, message, field })),
  })
}

export const badRequest = (message: string): ApiError => new ApiError('BadRequest', message)
export const unauthorized = (message = 'Unauthorized'): ApiError => new ApiError('Unauthorized', message)
export const expired = (message: string): ApiError => new ApiError('Expired', message)
export const internalError = (message: string): ApiError => new ApiError('InternalError', `Internal error occurred: ${message}`)
export const unavailable = (message: string): ApiError => new ApiError('ServiceUnavailable', message)
