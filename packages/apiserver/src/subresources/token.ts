import { modelSchemas, serviceAccounts, tokenRequests, type AuthenticationV1TokenRequest, type ServiceAccount } from '@quarterdeck/api'
import { badRequest, conflict, decodeObject, invalid, invalidField, isRecord, notFound } from '@quarterdeck/api-machinery'

import { admitValue } from '../admission/admission.ts'
import type { ApiCore } from '../api-core.ts'
import { tokenIssuer, type BoundObject, type ServiceAccountTokens } from '../auth/service-account-tokens.ts'
import type { Subresource } from '../endpoints/endpoint.ts'
import { bodyOf } from '../endpoints/main-endpoints.ts'
import type { ApiRequest } from '../request.ts'
import { find } from '../verbs/get.ts'

const defaultSeconds = 3600
const minSeconds = 600
const maxSeconds = 2 ** 32

export const token: Subresource = {
  name: 'token',
  isOf: (kind) => kind.resource === serviceAccounts.resource,
  speaks: tokenRequests,
  endpoints: {
    async create(call) {
      const { value } = await bodyOf(call)
      return { type: 'value', value: await requestToken(call.server.core, call.server.tokens, call.request, value), isNew: true }
    },
  },
}

/** Issues a token for a service account (authentication.k8s.io TokenRequest), bound to a pod or secret if asked. */
async function requestToken(
  core: ApiCore,
  tokens: ServiceAccountTokens,
  request: ApiRequest,
  body: unknown,
): Promise<AuthenticationV1TokenRequest> {
  if (!isRecord(body)) throw badRequest('the body must be a TokenRequest object')
  const { value: wanted, typeErrors } = decodeObject(body, { $ref: 'AuthenticationV1TokenRequest' }, modelSchemas)
  if (typeErrors.length > 0) throw badRequest(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${typeErrors.join(', ')}`)
  const { spec } = wanted as unknown as AuthenticationV1TokenRequest
  await admitValue(core, request, { operation: 'CREATE', object: wanted })
  const account = (await find(core, request)).object as ServiceAccount
  const expirationSeconds = spec?.expirationSeconds ?? defaultSeconds
  checkExpiration(expirationSeconds)
  const bound = spec?.boundObjectRef ? await resolveBound(core, request, spec.boundObjectRef) : undefined
  const audiences = spec?.audiences?.length ? spec.audiences : [tokenIssuer]
  const status = await tokens.issue({
    namespace: request.namespace,
    account: { name: account.metadata.name, uid: account.metadata.uid },
    audiences,
    expirationSeconds,
    bound,
  })
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: request.name, namespace: request.namespace },
    spec: { ...spec, audiences, expirationSeconds },
    status,
  }
}

function checkExpiration(seconds: number): void {
  if (seconds >= minSeconds && seconds <= maxSeconds) return
  const detail =
    seconds < minSeconds ? 'may not specify a duration less than 10 minutes' : 'may not specify a duration larger than 2^32 seconds'
  throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', [invalidField('spec.expirationSeconds', seconds, detail)])
}

async function resolveBound(
  core: ApiCore,
  request: ApiRequest,
  ref: { kind?: string | undefined; name?: string | undefined; uid?: string | undefined },
): Promise<BoundObject> {
  const { kind, name = '', uid } = ref
  if (kind !== 'Pod' && kind !== 'Secret') throw badRequest(`cannot bind token to object of type ${kind ?? ''}`)
  const resource = kind === 'Pod' ? 'pods' : 'secrets'
  const found = await core.read(resource, request.namespace, name)
  if (!found) throw notFound({ group: '', resource }, name)
  if (uid && uid !== found.uid)
    throw conflict(
      { group: '', resource: serviceAccounts.plural },
      request.name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    )
  return { kind, name, uid: found.uid }
}
