import { isDeepStrictEqual } from 'node:util'

import { namespaces, pods, type Kind, type Namespace } from '@quarterdeck/api'
import { isApiError, type ObjectKey } from '@quarterdeck/api-machinery'
import {
  again,
  defineController,
  done,
  watch,
  type Controller,
  type ReconcileContext,
  type ReconcileResult,
} from '@quarterdeck/controller-runtime'

import { deleteContent, kindsInNamespaces } from './delete-content.ts'
import { conditionsOf } from './plan-conditions.ts'

/** The finalizer in a Namespace's spec that this controller removes when nothing is left in it. */
const namespaceFinalizer = 'kubernetes'
const lookAgainMs = 1000

/** Empties a Namespace that is being deleted, then lets it go. `kinds` names everything that may be in one. */
export function createNamespaceController(kinds: () => readonly Kind[]): Controller {
  return defineController({
    name: 'namespace',
    primary: namespaces,
    watches: [watch(pods, ({ type, object }) => (type === 'deleted' ? [{ namespace: '', name: object.metadata.namespace }] : []))],
    writes: 'every kind',
    reconcile: (key, ctx) => reconcile(key, ctx, kindsInNamespaces(kinds())),
  })
}

async function reconcile(key: ObjectKey, ctx: ReconcileContext, kinds: readonly Kind[]): Promise<ReconcileResult> {
  const cached = ctx.cache(namespaces).get(key)
  if (!cached?.metadata.deletionTimestamp) return done
  const namespace = await read(key, ctx)
  if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(namespaceFinalizer)) return done

  const progress = await deleteContent(ctx.client, key.name, kinds)
  const isEmpty = progress.failures.length === 0 && progress.remaining.every(({ count }) => count === 0)
  if (isEmpty) {
    await finalize(namespace, ctx)
    return done
  }
  const conditions = conditionsOf(progress, namespace.status.conditions ?? [], ctx.clock.now())
  if (namespace.status.phase !== 'Terminating' || !isDeepStrictEqual(conditions, namespace.status.conditions)) {
    const status = { ...namespace.status, phase: 'Terminating', conditions }
    await ctx.client.update(namespaces, { ...namespace, status }, { subresource: 'status' })
  }
  const failure = progress.failures[0]
  if (failure) throw failure
  return again(lookAgainMs)
}

async function read(key: ObjectKey, ctx: ReconcileContext): Promise<Namespace | undefined> {
  try {
    return await ctx.client.get(namespaces, key)
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined
    throw error
  }
}

async function finalize(namespace: Namespace, ctx: ReconcileContext): Promise<void> {
  const finalizers = namespace.spec.finalizers?.filter((name) => name !== namespaceFinalizer) ?? []
  try {
    await ctx.client.update(namespaces, { ...namespace, spec: { ...namespace.spec, finalizers } }, { subresource: 'finalize' })
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error
  }
}
