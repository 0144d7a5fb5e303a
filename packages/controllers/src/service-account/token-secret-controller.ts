import { accountNameAnnotation, accountUidAnnotation, secrets, serviceAccounts, tokenSecretType, type Secret } from '@quarterdeck/api'
import { isApiError, keyOf, type ObjectKey } from '@quarterdeck/api-machinery'
import { getIfExists } from '@quarterdeck/client'
import {
  defineController,
  done,
  index,
  onlyThis,
  watch,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

/** Token Secrets, by `namespace/name` of their account. */
const secretsByAccount = 'account'

export const accountKeyOf = ({ metadata }: Secret): ObjectKey => ({
  namespace: metadata.namespace,
  name: metadata.annotations?.[accountNameAnnotation] ?? '',
})

const indexSecretsByAccount = index(secrets, secretsByAccount, (secret) => {
  const { namespace, name } = accountKeyOf(secret)
  return [`${namespace}/${name}`]
})

/**
 * Removes token Secrets whose account is gone, and has the server fill those that were made at the same moment as their account,
 * when it did not know it yet.
 */
export const tokenSecretController = defineController({
  name: 'serviceaccount-token',
  component: 'serviceaccount-token-controller',
  primary: secrets,
  primarySelector: `type=${tokenSecretType}`,
  watches: [
    watch(serviceAccounts, ({ type, object: { metadata } }, { cache }) =>
      type === 'deleted' ? cache(secrets).byIndex(secretsByAccount, `${metadata.namespace}/${metadata.name}`).map(keyOf) : [],
    ),
  ],
  indexes: [indexSecretsByAccount],
  writes: [secrets],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const secret = ctx.cache(secrets).get(key)
  if (!secret || secret.metadata.deletionTimestamp) return done
  const uid = secret.metadata.annotations?.[accountUidAnnotation]
  const account =
    ctx.cache(serviceAccounts).get(accountKeyOf(secret)) ?? (await getIfExists(ctx.client, serviceAccounts, accountKeyOf(secret)))
  if (!account || (uid !== undefined && uid !== account.metadata.uid)) await remove(secret, ctx)
  else if (!secret.data?.['token'] && !secret.immutable) await ctx.client.update(secrets, secret)
  return done
}

async function remove(secret: Secret, { client }: ReconcileContext): Promise<void> {
  const { key, options } = onlyThis(secret)
  try {
    await client.delete(secrets, key, options)
  } catch (error) {
    if (!isApiError(error, 'NotFound', 'Conflict')) throw error
  }
}
