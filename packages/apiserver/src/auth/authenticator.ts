import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'

import { unauthorized } from '@quarterdeck/api-machinery'

import { isServiceAccountToken, type ServiceAccountTokens } from './service-account-tokens.ts'
import type { User } from './user.ts'

/** Finds out who sent a request. Resolves with undefined when it carries no credential; throws Unauthorized for a wrong one. */
export type Authenticator = (request: IncomingMessage) => Promise<User | undefined>

/** A verified token is trusted this long without being verified again. */
const cacheLifetimeMs = 10_000
const maxCachedTokens = 2_000

/** Bearer tokens of service accounts, and client certificates signed by the cluster's authority. */
export function createAuthenticator(tokens: ServiceAccountTokens): Authenticator {
  const verified = new Map<string, { user: User; until: number }>()

  async function byToken(token: string): Promise<User> {
    const cached = verified.get(token)
    if (cached && cached.until > Date.now()) return cached.user
    verified.delete(token)
    if (!isServiceAccountToken(token)) throw unauthorized()
    const user = await tokens.verify(token)
    if (verified.size >= maxCachedTokens) verified.delete(verified.keys().next().value!)
    verified.set(token, { user, until: Date.now() + cacheLifetimeMs })
    return user
  }

  return async (request) => {
    const { authorization } = request.headers
    if (authorization !== undefined) {
      const bearer = /^Bearer\s+(\S+)\s*$/i.exec(authorization)
      if (!bearer) throw unauthorized()
      return byToken(bearer[1]!)
    }
    return byCertificate(request)
  }
}

/** Read once per connection: a subject does not change. */
const certificateUsers = new WeakMap<object, User>()

function byCertificate({ socket }: IncomingMessage): User | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const known = certificateUsers.get(socket)
  if (known) return known
  const certificate = socket.getPeerCertificate()
  if (!certificate || Object.keys(certificate).length === 0) return undefined
  if (!socket.authorized) throw unauthorized()
  const { CN, O } = certificate.subject as { CN?: string; O?: string | string[] }
  if (!CN) throw unauthorized()
  const user: User = { name: CN, groups: [...(O === undefined ? [] : Array.isArray(O) ? O : [O]), 'system:authenticated'] }
  certificateUsers.set(socket, user)
  return user
}
