import { isApiError, type ApiError, type Status, type StatusReason } from '@quarterdeck/api-machinery'
import { initTRPC, TRPCError, type TRPC_ERROR_CODE_KEY } from '@trpc/server'
import { z } from 'zod'

import type { Context } from './context.ts'
import { DocumentErrors, type DocumentError } from './documents/document-errors.ts'

/** tRPC code of each status reason. Total, so that a new reason cannot be forgotten. */
export const trpcCodeOf: Record<StatusReason, TRPC_ERROR_CODE_KEY> = {
  BadRequest: 'BAD_REQUEST',
  Unauthorized: 'UNAUTHORIZED',
  Forbidden: 'FORBIDDEN',
  NotFound: 'NOT_FOUND',
  AlreadyExists: 'CONFLICT',
  Conflict: 'CONFLICT',
  Gone: 'NOT_FOUND',
  Expired: 'PRECONDITION_FAILED',
  Invalid: 'UNPROCESSABLE_CONTENT',
  Timeout: 'TIMEOUT',
  ServerTimeout: 'INTERNAL_SERVER_ERROR',
  TooManyRequests: 'TOO_MANY_REQUESTS',
  MethodNotAllowed: 'METHOD_NOT_SUPPORTED',
  NotAcceptable: 'BAD_REQUEST',
  RequestEntityTooLarge: 'PAYLOAD_TOO_LARGE',
  UnsupportedMediaType: 'UNSUPPORTED_MEDIA_TYPE',
  InternalError: 'INTERNAL_SERVER_ERROR',
  ServiceUnavailable: 'SERVICE_UNAVAILABLE',
}

/** What an error carries beside its message: the Kubernetes status, and for YAML the documents at fault with their lines. */
export interface ErrorData {
  status?: Status | undefined
  documents?: DocumentError[] | undefined
}

const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter({ shape, error }) {
    const { cause } = error
    const data: ErrorData = {
      status: isApiError(cause) ? cause.toStatus() : undefined,
      documents: cause instanceof DocumentErrors ? cause.documents : undefined,
    }
    return { ...shape, data: { ...shape.data, ...data } }
  },
  sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 30_000 } },
})

export const { router, createCallerFactory } = t

/** Open to everybody: signing in. */
export const openProcedure = t.procedure.use(async ({ ctx, next }) => {
  const result = await next()
  if (!result.ok) throw translated(result.error)
  return isAsyncIterable(result.data) ? { ...result, data: translating(result.data, ctx) } : result
})

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** A subscription fails after its procedure has returned. It makes its next message when the reader can take one. */
async function* translating(messages: AsyncIterable<unknown>, { drained }: Context): AsyncGenerator<unknown> {
  try {
    for await (const message of messages) {
      yield message
      await drained()
    }
  } catch (error) {
    throw isApiError(error) ? trpcError(error) : error
  }
}

/** For a signed-in user; `ctx.client` acts as that user, through the same pipeline and authorizer as REST. */
export const procedure = openProcedure.use(async ({ ctx, next }) => {
  const user = await ctx.authenticate()
  return next({ ctx: { user, client: ctx.server.clientFor(user, clientName) } })
})

/** What changes made in the dashboard are signed with. */
export const clientName = 'dashboard'

function translated(error: TRPCError): TRPCError {
  const { cause } = error
  if (isApiError(cause)) return trpcError(cause)
  if (cause instanceof DocumentErrors) return new TRPCError({ code: 'UNPROCESSABLE_CONTENT', message: cause.message, cause })
  if (cause instanceof z.ZodError) return new TRPCError({ code: 'BAD_REQUEST', message: wordsOf(cause), cause })
  return error
}

/** Each complaint about the form of an input with its place, a line each. */
function wordsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('\n')
}

export function trpcError(error: ApiError): TRPCError {
  return new TRPCError({ code: trpcCodeOf[error.reason], message: error.message, cause: error })
}
