import { namespaces, serviceAccounts } from '@quarterdeck/api'
import { isApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import { defineController, done, watch, type ReconcileContext, type ReconcileResult } from '@quarterdeck/controller-runtime'

import { isNamespaceTerminating } from '../pods/change-pods.ts'

/** The account of Pods that name none. */
const defaultName = 'default'

/** Keeps a ServiceAccount named default in every Namespace. */
export const serviceAccountController = defineController({
  name: 'serviceaccount',
  component: 'service-account-controller',
  primary: namespaces,
  watches: [
    watch(serviceAccounts, ({ type, object }) =>
      type === 'deleted' && object.metadata.name === defaultName ? [{ namespace: '', name: object.metadata.namespace }] : [],
    ),
  ],
  writes: [serviceAccounts],
  reconcile,
})

async function reconcile(key: ObjectKey, ctx: ReconcileContext): Promise<ReconcileResult> {
  const namespace = ctx.cache(namespaces).get(key)
  if (!namespace || namespace.metadata.deletionTimestamp) return done
  const target = { namespace: key.name, name: defaultName }
  if (ctx.cache(serviceAccounts).get(target)) return done
  try {
    await ctx.client.create(serviceAccounts, { metadata: target })
  } catch (error) {
    if (!isApiError(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
  }
  return done
}
