import { createSecretKey, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

import { secrets, type Secret } from '@quarterdeck/api'
import { unauthorized } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'
import type { ObjectStore } from '@quarterdeck/storage'
import { jwtVerify, SignJWT } from 'jose'

import { ensureSecret } from '../bootstrap.ts'
import type { ServerKeys } from './server-keys.ts'
import { mastersGroup, type User } from './user.ts'

export const sessionCookie = 'quarterdeck_session'

const sessionHours = 12
const userSecretPrefix = 'quarterdeck-user-'
const userSecretType = 'quarterdeck.dev/dashboard-user'
const sessionAudience = 'quarterdeck-dashboard'
const hashBytes = 32
const saltBytes = 16
const scryptAsync = promisify<string, Buffer, number, Buffer>(scrypt)

/** Dashboard users: a name, a password, a session. Users are Secrets of a type of their own in kube-system. */
export interface Sessions {
  /** Throws Unauthorized for an unknown name and for a wrong password alike. */
  signIn(userName: string, password: string): Promise<{ token: string; expiresAt: Date; user: User }>
  /** Throws Unauthorized for a session that is over, forged, or of a user whose password has changed. */
  verify(token: string): Promise<User>
  /** Makes the administrator unless there is one. Resolves with the new password, or undefined. */
  ensureAdministrator(password?: string): Promise<string | undefined>
}

interface StoredUser {
  user: User
  salt: Buffer
  hash: Buffer
}

export async function openSessions(store: ObjectStore, keys: ServerKeys, client: Client): Promise<Sessions> {
  const stored = await keys.ensure('session-key', () => ({ key: randomBytes(32).toString('base64') }))
  const key = createSecretKey(Buffer.from(stored['key']!, 'base64'))

  async function find(name: string): Promise<StoredUser | undefined> {
    const cache = await store.cache(secrets.resource)
    const found = cache.get('kube-system', userSecretPrefix + name)?.object as Secret | undefined
    if (found?.type !== userSecretType) return undefined
    const data = (field: string): Buffer => Buffer.from(found.data?.[field] ?? '', 'base64')
    const groups = data('groups').toString().split(',').filter(Boolean)
    return { user: { name, groups: [...groups, 'system:authenticated'] }, salt: data('salt'), hash: data('hash') }
  }

  return {
    async signIn(userName, password) {
      const found = await find(userName)
      // An unknown user costs as much time as a wrong password.
      const hash = await scryptAsync(password, found?.salt ?? Buffer.alloc(saltBytes), hashBytes)
      if (!found || !timingSafeEqual(hash, found.hash)) throw unauthorized('the user name or the password is wrong')
      const expiresAt = new Date(Date.now() + sessionHours * 3600 * 1000)
      const token = await new SignJWT({ password: fingerprint(found) })
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(userName)
        .setAudience(sessionAudience)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
        .sign(key)
      return { token, expiresAt, user: found.user }
    },
    async verify(token) {
      const verified = await jwtVerify(token, key, { audience: sessionAudience, algorithms: ['HS256'] }).catch(() => undefined)
      const found = verified?.payload.sub ? await find(verified.payload.sub) : undefined
      if (!found || verified?.payload['password'] !== fingerprint(found)) throw unauthorized('the session is over: sign in again')
      return found.user
    },
    async ensureAdministrator(password = randomBytes(12).toString('base64url')) {
      let isNew = false
      await ensureSecret(client, `${userSecretPrefix}admin`, userSecretType, async () => {
        isNew = true
        const salt = randomBytes(saltBytes)
        return { groups: mastersGroup, salt, hash: await scryptAsync(password, salt, hashBytes) }
      })
      return isNew ? password : undefined
    },
  }
}

/** Ties a session to the password it was opened with. */
function fingerprint({ salt }: StoredUser): string {
  return salt.toString('base64url')
}
