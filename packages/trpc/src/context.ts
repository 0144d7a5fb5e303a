import { forbidden, unauthorized } from '@quarterdeck/api-machinery'
import { sessionCookie, type User } from '@quarterdeck/apiserver'

import type { Deck } from './deck.ts'

/** One request of the dashboard. */
export interface Context extends Deck {
  request: Request
  responseHeaders: Headers
  /** The signed-in user. Throws Unauthorized. */
  authenticate(): Promise<User>
  /** Throws Forbidden unless this is our own page or shows a token. Mutations are checked already; a subscription that changes things is not. */
  refuseOtherSites(): void
  /** Resolves when the connection of a subscription can take more. */
  drained(): Promise<void>
}

const atOnce = (): Promise<void> => Promise.resolve()

/** Throws Forbidden for a change that another site's page sends with our cookie. */
export function createContext(deck: Deck, request: Request, responseHeaders: Headers, drained: Context['drained'] = atOnce): Context {
  const token = bearerOf(request)
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  const refuseOtherSites = (): void => {
    if (!token) refuseOtherOrigins(request)
  }
  if (!isReading) refuseOtherSites()
  return {
    ...deck,
    request,
    responseHeaders,
    refuseOtherSites,
    drained,
    async authenticate() {
      if (token) return deck.server.tokens.verify(token)
      const session = cookieOf(request, sessionCookie)
      if (!session) throw unauthorized('sign in first')
      return deck.server.sessions.verify(session)
    },
  }
}

/** The cookie that carries a session; an empty token ends it. */
export function sessionCookieText(request: Request, token: string, expiresAt: Date): string {
  const isSecure = request.headers.get('x-forwarded-proto') === 'https' || new URL(request.url).protocol === 'https:'
  return `${sessionCookie}=${token}; Path=/; HttpOnly; SameSite=Strict; Expires=${expiresAt.toUTCString()}${isSecure ? '; Secure' : ''}`
}

function bearerOf(request: Request): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const [key, value] = part.trim().split('=')
    if (key === name) return value
  }
  return undefined
}

function refuseOtherOrigins(request: Request): void {
  const { headers } = request
  const origin = headers.get('origin')
  const hosts = [headers.get('x-forwarded-host'), headers.get('host')]
  const isSameOrigin = origin
    ? URL.canParse(origin) && hosts.includes(new URL(origin).host)
    : headers.get('sec-fetch-site') === 'same-origin'
  if (!isSameOrigin) throw forbidden({ group: '', resource: '' }, '', 'the request came from another site')
}
