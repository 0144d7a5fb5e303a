import type { Kind } from '@quarterdeck/api'
import { badRequest, ApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import type { ApiCore, ApiRequest, User } from '@quarterdeck/apiserver'
import { z } from 'zod'

import { clientName } from './trpc.ts'

/** Names a kind, as in its REST path. */
export const kindSchema = z.object({ apiVersion: z.string().min(1).max(300), plural: z.string().min(1).max(300) })

/** Names an object; `namespace` is '' for kinds of cluster scope. */
export const targetSchema = kindSchema.extend({ namespace: z.string().max(253).default(''), name: z.string().min(1).max(500) })

export type Target = z.output<typeof targetSchema>

/** Throws NotFound for a kind that is not served. */
export function kindOf(core: ApiCore, { apiVersion, plural }: z.output<typeof kindSchema>): Kind {
  const kind = core.registry.byPlural(apiVersion, plural)
  if (!kind) throw new ApiError('NotFound', `the server has no resource ${JSON.stringify(plural)} in ${apiVersion}`)
  return kind
}

/** The kind and key of a target. Throws BadRequest when the namespace does not fit the kind's scope. */
export function resolveTarget(core: ApiCore, target: Target): { kind: Kind; key: ObjectKey } {
  const kind = kindOf(core, target)
  if (kind.scope === 'Namespaced' && !target.namespace) throw badRequest(`${kind.kind} ${target.name}: the namespace is missing`)
  return { kind, key: { namespace: kind.scope === 'Namespaced' ? target.namespace : '', name: target.name } }
}

/** The request that `core.authorize` and the log functions want. */
export function requestOf(user: User, kind: Kind, key: Partial<ObjectKey> = {}): ApiRequest {
  return {
    user,
    client: clientName,
    kind,
    namespace: key.namespace ?? '',
    name: key.name ?? '',
    subresource: '',
    dryRun: false,
    fieldValidation: 'Strict',
    warnings: [],
  }
}

/** Throws Forbidden unless the user may list and watch the kind in these namespaces (none: in all). */
export async function authorizeReading(core: ApiCore, user: User, kind: Kind, namespaces: readonly string[] = []): Promise<void> {
  for (const namespace of namespaces.length > 0 ? namespaces : ['']) {
    const request = requestOf(user, kind, { namespace })
    await core.authorize(request, 'list')
    await core.authorize(request, 'watch')
  }
}
