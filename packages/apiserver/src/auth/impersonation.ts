import type { IncomingMessage } from 'node:http'

import { badRequest } from '@quarterdeck/api-machinery'

import type { AuthorizationAttributes } from './authorizer.ts'
import { anonymousUser, serviceAccountGroups, serviceAccountUserPrefix, type User } from './user.ts'

const prefix = 'impersonate-'
const extraPrefix = 'impersonate-extra-'
const authenticated = 'system:authenticated'
const unauthenticated = 'system:unauthenticated'

/**
 * Whom a request is to be answered as: its sender, or whoever the Impersonate headers name, which the sender must be allowed to
 * impersonate one by one. Throws BadRequest for headers that name no user, Forbidden for what is not allowed.
 * https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/
 */
export async function impersonated(
  sender: User,
  request: Pick<IncomingMessage, 'headers' | 'headersDistinct'>,
  authorize: (attributes: AuthorizationAttributes) => Promise<void>,
): Promise<User> {
  if (!Object.keys(request.headers).some((header) => header.startsWith(prefix))) return sender
  const headers = request.headersDistinct
  const [name = ''] = headers['impersonate-user'] ?? []
  if (!name)
    throw badRequest('Impersonate-Group, Impersonate-Uid and Impersonate-Extra headers need an Impersonate-User header beside them')
  const require = (group: string, resource: string, named: Partial<AuthorizationAttributes>): Promise<void> =>
    authorize({ user: sender, verb: 'impersonate', group, resource, subresource: '', namespace: '', name: '', path: '', ...named })

  const account = accountOf(name)
  if (account) await require('', 'serviceaccounts', account)
  else await require('', 'users', { name })
  const groups = headers['impersonate-group'] ?? []
  for (const group of groups) await require('', 'groups', { name: group })
  const [uid] = headers['impersonate-uid'] ?? []
  if (uid) await require('authentication.k8s.io', 'uids', { name: uid })
  const extra: Record<string, readonly string[]> = {}
  for (const [header, values = []] of Object.entries(headers)) {
    if (!header.startsWith(extraPrefix)) continue
    const key = decoded(header.slice(extraPrefix.length))
    for (const value of values) await require('authentication.k8s.io', 'userextras', { subresource: key, name: value })
    extra[key] = values
  }
  const ownGroups = groups.length > 0 ? groups : account ? serviceAccountGroups(account.namespace) : []
  return {
    name,
    groups: completed(name, ownGroups),
    ...(uid ? { uid } : {}),
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  }
}

/** Everybody is in one of two groups; who names one of them has chosen. */
function completed(name: string, groups: readonly string[]): string[] {
  if (name === anonymousUser) return groups.includes(unauthenticated) ? [...groups] : [...groups, unauthenticated]
  return groups.includes(authenticated) || groups.includes(unauthenticated) ? [...groups] : [...groups, authenticated]
}

function accountOf(user: string): { namespace: string; name: string } | undefined {
  if (!user.startsWith(serviceAccountUserPrefix)) return undefined
  const [namespace, name, ...rest] = user.slice(serviceAccountUserPrefix.length).split(':')
  return namespace && name && rest.length === 0 ? { namespace, name } : undefined
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
