import type { AppRouter } from '@quarterdeck/trpc'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink, TRPCClientError, wsLink } from '@trpc/client'

import { clock } from '../console/clock.ts'
import { currentTransport, socketClient } from './socket.ts'

const url = '/api/trpc'

/** Every answer tells what time it is on the server. */
const fetchWithTime: NonNullable<Parameters<typeof httpBatchLink>[0]['fetch']> = async (input, init) => {
  const sentMs = Date.now()
  const response = await fetch(input, { ...init, signal: init?.signal ?? null })
  clock.learn(response.headers.get('date'), sentMs, Date.now())
  return response
}

/** The API of the dashboard. */
export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: splitLink({
        condition: () => currentTransport() === 'socket',
        true: wsLink({ client: socketClient }),
        false: httpSubscriptionLink({ url }),
      }),
      false: httpBatchLink({ url, maxURLLength: 4000, fetch: fetchWithTime }),
    }),
  ],
})

export type ApiError = TRPCClientError<AppRouter>

export function isApiError(error: unknown): error is ApiError {
  return error instanceof TRPCClientError
}

/** No answer came that can be read: whether what was asked has been done is not known. */
export function isUnanswered(error: unknown): boolean {
  return isApiError(error) && !error.data
}

export function messageOf(error: unknown): string {
  if (isUnanswered(error)) return 'The server did not answer. Look what is there before you try again.'
  return error instanceof Error ? error.message : String(error)
}

export function isUnauthorized(error: unknown): boolean {
  return isApiError(error) && error.data?.code === 'UNAUTHORIZED'
}
