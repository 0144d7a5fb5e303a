import { isRecord, badRequest } from '@quarterdeck/api-machinery'

import type { ApiServer } from '../api-server.ts'
import type { User } from '../auth/user.ts'
import { notServed } from '../endpoints/endpoint-table.ts'

type Json = Record<string, unknown>

/** Answers the kinds that are posted, answered and never stored: who am I, may I, whose token is this. */
export async function answerReview(server: ApiServer, user: User, plural: string, body: unknown): Promise<object> {
  if (!isRecord(body)) throw badRequest('the body must be a review object')
  const spec = isRecord(body['spec']) ? body['spec'] : {}
  const answer = (status: Json): Json => ({ ...body, metadata: isRecord(body['metadata']) ? body['metadata'] : {}, status })
  switch (plural) {
    case 'selfsubjectreviews':
      return answer({ userInfo: userInfo(user) })
    case 'selfsubjectaccessreviews':
      return answer(accessStatus(server, user, spec))
    case 'selfsubjectrulesreviews':
      return answer(rulesStatus(server, user))
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      await requireReviewer(server, user, 'authorization.k8s.io', plural)
      return answer(
        accessStatus(
          server,
          { name: String(spec['user'] ?? ''), groups: Array.isArray(spec['groups']) ? spec['groups'].map(String) : [] },
          spec,
        ),
      )
    case 'tokenreviews':
      await requireReviewer(server, user, 'authentication.k8s.io', plural)
      return answer(await tokenStatus(server, String(spec['token'] ?? '')))
    default:
      throw notServed()
  }
}

function requireReviewer(server: ApiServer, user: User, group: string, resource: string): Promise<void> {
  return server.core.authorizeAttributes({ user, verb: 'create', group, resource, subresource: '', namespace: '', name: '', path: '' })
}

function userInfo(user: User): Json {
  return { username: user.name, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) }
}

function accessStatus(server: ApiServer, user: User, spec: Json): Json {
  const resource = isRecord(spec['resourceAttributes']) ? spec['resourceAttributes'] : undefined
  const nonResource = isRecord(spec['nonResourceAttributes']) ? spec['nonResourceAttributes'] : {}
  const source = resource ?? nonResource
  const field = (name: string): string => (typeof source[name] === 'string' ? source[name] : '')
  const reason = server.core.authorizer({
    user,
    verb: field('verb'),
    group: field('group'),
    resource: field('resource'),
    subresource: field('subresource'),
    namespace: field('namespace'),
    name: field('name'),
    path: field('path'),
  })
  return reason === undefined ? { allowed: true } : { allowed: false, ...(reason ? { reason } : {}) }
}

/** An authorizer decides and does not enumerate: what is known is whether all is allowed. */
function rulesStatus(server: ApiServer, user: User): Json {
  const all = { user, verb: '*', group: '*', resource: '*', subresource: '', namespace: '', name: '', path: '' }
  const isAllowedAll = server.core.authorizer(all) === undefined
  return isAllowedAll
    ? {
        resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
        nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
        incomplete: false,
      }
    : { resourceRules: [], nonResourceRules: [], incomplete: true }
}

async function tokenStatus(server: ApiServer, token: string): Promise<Json> {
  try {
    return { authenticated: true, user: userInfo(await server.tokens.verify(token)) }
  } catch {
    return { authenticated: false, error: 'the token is not valid' }
  }
}
