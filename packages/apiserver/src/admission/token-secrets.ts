import {
  accountNameAnnotation,
  accountUidAnnotation,
  secrets,
  serviceAccounts,
  tokenSecretType,
  type Secret,
  type ServiceAccount,
} from '@quarterdeck/api'

import type { ServiceAccountTokens } from '../auth/service-account-tokens.ts'
import type { AdmissionPlugin } from './admission.ts'

/**
 * Fills Secrets of type kubernetes.io/service-account-token with the token of the account they name, the cluster's authority and the
 * namespace. One whose account does not exist stays empty: a controller removes it.
 */
export function createTokenSecrets(issuer: () => { tokens: ServiceAccountTokens; caPem: string }): AdmissionPlugin {
  return {
    name: 'ServiceAccountTokenSecret',
    resources: [secrets.resource],
    operations: ['CREATE', 'UPDATE'],
    async admit({ object, namespace, name, reader }) {
      const secret = object as Secret
      const accountName = secret.metadata.annotations?.[accountNameAnnotation]
      if (secret.type !== tokenSecretType || !accountName || secret.immutable) return
      const account = (await reader.read(serviceAccounts.resource, namespace, accountName))?.object as ServiceAccount | undefined
      const { uid } = account?.metadata ?? {}
      if (!uid || (secret.metadata.annotations?.[accountUidAnnotation] ?? uid) !== uid) return
      secret.metadata.annotations = { ...secret.metadata.annotations, [accountUidAnnotation]: uid }
      const { tokens, caPem } = issuer()
      const data = (secret.data ??= {})
      data['ca.crt'] ??= encoded(caPem)
      data['namespace'] ??= encoded(namespace)
      data['token'] ??= encoded(await tokens.issueForSecret({ namespace, secretName: name, account: { name: accountName, uid } }))
    },
  }
}

const encoded = (text: string): string => Buffer.from(text).toString('base64')
