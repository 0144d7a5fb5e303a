import { selfSubjectReviews } from '@quarterdeck/api'
import { badRequest, invalid, timestamp, type FieldError, type KubeObject } from '@quarterdeck/api-machinery'

import type { ApiServer } from '../api-server.ts'
import type { AuthorizationAttributes } from '../auth/authorizer.ts'
import { tokenIssuer } from '../auth/service-account-tokens.ts'
import type { User } from '../auth/user.ts'
import { notServed } from '../endpoints/endpoint-table.ts'
import type { ApiRequest } from '../request.ts'
import { reviewedAttributes, validateAccessReview, type AccessReview } from './review-attributes.ts'

type Json = Record<string, unknown>

/** The status of the answer. Throws BadRequest or Invalid for what cannot be answered. */
type Review = (asked: Asked) => Promise<Json> | Json

interface Asked {
  server: ApiServer
  user: User
  namespace: string
  body: AccessReview
}

const accessReview =
  (kind: string): Review =>
  ({ server, user, namespace, body }) => {
    refuse(kind, validateAccessReview(kind, body, namespace))
    const { user: name = '', uid, groups = [], extra } = body.spec
    const subject = { name, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) }
    return accessStatus(server, kind === 'SelfSubjectAccessReview' ? user : subject, body)
  }

const reviews: Readonly<Record<string, Review>> = {
  SelfSubjectReview({ user, body }) {
    body.metadata = { creationTimestamp: timestamp(new Date()) }
    return { userInfo: userInfo(user) }
  },
  TokenReview: ({ server, body }) => tokenStatus(server, body.spec),
  SelfSubjectAccessReview: accessReview('SelfSubjectAccessReview'),
  SubjectAccessReview: accessReview('SubjectAccessReview'),
  LocalSubjectAccessReview: accessReview('LocalSubjectAccessReview'),
  async SelfSubjectRulesReview({ server, user, body }) {
    const { namespace } = body.spec
    if (!namespace) throw badRequest('no namespace on request')
    const { evaluationError, ...rules } = await server.core.authorizer.rulesFor(user, namespace)
    return { ...rules, ...(evaluationError ? { evaluationError } : {}) }
  },
}

/**
 * Answers a kind that is posted, answered and never stored: who am I, may I, whose token is this. `object` is decoded, and the user may
 * ask. Throws Invalid for a review that asks nothing or too much.
 */
export async function answerReview(server: ApiServer, { user, kind, namespace }: ApiRequest, object: KubeObject): Promise<object> {
  const review = reviews[kind.kind]
  if (!review) throw notServed()
  const { status: _, ...rest } = object as KubeObject & { status?: unknown }
  const body = { ...rest, metadata: rest.metadata ?? {} } as unknown as AccessReview
  if (kind !== selfSubjectReviews) body.spec ??= {}
  if (namespace) body.metadata.namespace = namespaceOf(body, namespace)
  const answered = await review({ server, user, namespace, body })
  return { ...body, status: answered }
}

/** That of the path, which the body may repeat. */
function namespaceOf({ metadata }: AccessReview, namespace: string): string {
  if (metadata.namespace && metadata.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  return namespace
}

function refuse(kind: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', kind }, '', errors)
}

async function accessStatus(server: ApiServer, user: User, body: AccessReview): Promise<Json> {
  const { attributes, errors } = reviewedAttributes(body.spec)
  const asked: AuthorizationAttributes = { user, ...attributes }
  const { decision, reason } = await server.core.authorizer.authorize(asked)
  return {
    allowed: decision === 'allow',
    ...(decision === 'deny' ? { denied: true } : {}),
    ...(reason ? { reason } : {}),
    ...(errors.length > 0 ? { evaluationError: errors.join(', ') } : {}),
  }
}

function userInfo(user: User): Json {
  return { username: user.name, ...(user.uid ? { uid: user.uid } : {}), groups: user.groups, ...(user.extra ? { extra: user.extra } : {}) }
}

async function tokenStatus(server: ApiServer, { token, audiences = [] }: AccessReview['spec']): Promise<Json> {
  if (!token) throw badRequest('token is required for TokenReview in authentication')
  if (audiences.length > 0 && !audiences.includes(tokenIssuer))
    return { user: {}, error: `token audiences ["${tokenIssuer}"] is invalid for the target audiences ${JSON.stringify(audiences)}` }
  try {
    const user = userInfo(await server.tokens.verify(token))
    return { authenticated: true, user, ...(audiences.length > 0 ? { audiences: [tokenIssuer] } : {}) }
  } catch {
    return { user: {}, error: 'invalid bearer token' }
  }
}
