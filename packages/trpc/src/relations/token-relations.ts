import { accountNameAnnotation, secrets, serviceAccounts, tokenSecretType, type Secret } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelationReader } from './relation.ts'

/** A Secret that holds a service account's token and that account. */
export async function tokens({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const { namespace = '', name } = object.metadata
  if (kind.resource === serviceAccounts.resource) {
    const all = await reader.list(secrets, namespace)
    const members = all.filter((secret) => accountOf(secret) === name).map((secret) => ({ kind: secrets, object: secret }))
    return [groupOf('Its tokens', 'deleted', members)]
  }
  const accountName = kind.resource === secrets.resource ? accountOf(object) : undefined
  if (!accountName) return []
  const account = await reader.get(serviceAccounts, namespace, accountName)
  const item = account ? itemOf({ kind: serviceAccounts, object: account }) : missingItem(serviceAccounts, namespace, accountName)
  return [{ title: 'Token of', onDelete: 'unaffected', items: [item], total: 1 }]
}

function accountOf(secret: KubeObject): string | undefined {
  return (secret as Secret).type === tokenSecretType ? secret.metadata.annotations?.[accountNameAnnotation] : undefined
}
