import { pods, type Kind } from '@quarterdeck/api'
import { isApiError, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import type { DeletionProgress, Remaining } from './plan-conditions.ts'

/** Kinds whose objects a namespace holds: each stored kind once, whatever versions it is served in. */
export function kindsInNamespaces(kinds: readonly Kind[]): Kind[] {
  return kinds.filter(
    (kind) => kind.scope === 'Namespaced' && !kind.storedAs && kind.verbs.includes('list') && kind.verbs.includes('delete'),
  )
}

/**
 * Asks for the deletion of everything in a namespace and tells what is left. Pods go first, and the rest only when none is left,
 * so that no Pod outlives what protects or configures it (KEP-5080).
 */
export async function deleteContent(client: Client, namespace: string, kinds: readonly Kind[]): Promise<DeletionProgress> {
  const isPods = (kind: Kind): boolean => kind.resource === pods.resource
  const first = await deleteKinds(client, namespace, kinds.filter(isPods))
  if (first.failures.length > 0 || first.remaining.some(({ count }) => count > 0)) return first
  return deleteKinds(
    client,
    namespace,
    kinds.filter((kind) => !isPods(kind)),
  )
}

async function deleteKinds(client: Client, namespace: string, kinds: readonly Kind[]): Promise<DeletionProgress> {
  const results = await Promise.allSettled(kinds.map((kind) => deleteKind(client, namespace, kind)))
  return {
    remaining: results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    failures: results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : [])),
  }
}

async function deleteKind(client: Client, namespace: string, kind: Kind): Promise<Remaining> {
  const before = await client.list(kind, { namespace })
  if (before.items.length > 0) await deleteAll(client, namespace, kind)
  const { items } = before.items.length > 0 ? await client.list(kind, { namespace }) : before
  return { resource: `${kind.plural}.${kind.group}`, count: items.length, finalizers: finalizersOf(items) }
}

async function deleteAll(client: Client, namespace: string, kind: Kind): Promise<void> {
  if (kind.verbs.includes('deletecollection')) {
    await client.deleteCollection(kind, { namespace, propagationPolicy: 'Background' })
    return
  }
  const { items } = await client.list(kind, { namespace })
  for (const { metadata } of items) {
    try {
      await client.delete(kind, { namespace, name: metadata.name }, { propagationPolicy: 'Background' })
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error
    }
  }
}

function finalizersOf(items: readonly KubeObject[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { metadata } of items) for (const name of metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
