import type { Secret } from '@quarterdeck/api'
import { accountNameAnnotation, tokenInvalidSinceLabel, tokenLastUsedLabel, tokenSecretType } from '@quarterdeck/api/service-account-token'

import type { Fact } from '../facts.tsx'
import { ObjectRef } from './object-ref.tsx'

export function secretFacts({ metadata, type, immutable }: Secret): Fact[] {
  return [['Type', type], ['Can be changed', immutable && 'no, it is immutable'], ...(type === tokenSecretType ? tokenFacts(metadata) : [])]
}

/** The labels that tell of its use name days, not times. */
function tokenFacts({ namespace, annotations = {}, labels = {} }: Secret['metadata']): Fact[] {
  const account = annotations[accountNameAnnotation]
  return [
    ['Token of', account && <ObjectRef key="account" resource="serviceaccounts" namespace={namespace} name={account} />],
    ['Last used', labels[tokenLastUsedLabel] ?? 'not since uses are noted'],
    ['Refused since', labels[tokenInvalidSinceLabel]],
  ]
}
