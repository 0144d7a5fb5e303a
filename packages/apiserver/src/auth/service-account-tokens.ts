import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

import { pods, serviceAccounts } from '@quarterdeck/api'
import { unauthorized } from '@quarterdeck/api-machinery'
import type { ObjectStore } from '@quarterdeck/storage'
import { decodeJwt, jwtVerify, SignJWT } from 'jose'

import { serviceAccountUserPrefix, type User } from './user.ts'

export const tokenIssuer = 'https://kubernetes.default.svc.cluster.local'

/** The object a token dies with. */
export interface BoundObject {
  kind: 'Pod' | 'Secret'
  name: string
  uid: string
}

export interface TokenSpec {
  namespace: string
  account: { name: string; uid: string }
  audiences: readonly string[]
  expirationSeconds: number
  bound?: BoundObject | undefined
}

/** The private claims of Kubernetes' service-account tokens. */
interface KubernetesClaims {
  namespace: string
  serviceaccount: { name: string; uid: string }
  pod?: { name: string; uid: string }
  secret?: { name: string; uid: string }
}

/** Signs and verifies the tokens of service accounts. */
export interface ServiceAccountTokens {
  issue(spec: TokenSpec): Promise<{ token: string; expirationTimestamp: string }>
  /** Throws Unauthorized unless the token is ours, unexpired, and its account and bound object still exist. */
  verify(token: string): Promise<User>
}

export function createSigningKeyPem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Whether a bearer token is a JWT of this cluster's issuer: others are for other authenticators. */
export function isServiceAccountToken(token: string): boolean {
  try {
    return decodeJwt(token).iss === tokenIssuer
  } catch {
    return false
  }
}

export function openServiceAccountTokens(store: ObjectStore, signingKeyPem: string): ServiceAccountTokens {
  const privateKey = createPrivateKey(signingKeyPem)
  const publicKey = createPublicKey(privateKey)
  return {
    issue: (spec) => issueToken(privateKey, spec),
    async verify(token) {
      const claims = await verifiedClaims(publicKey, token)
      await checkExists(store, claims)
      return userOf(claims)
    },
  }
}

async function issueToken(key: KeyObject, spec: TokenSpec): Promise<{ token: string; expirationTimestamp: string }> {
  const now = Math.floor(Date.now() / 1000)
  const expires = now + spec.expirationSeconds
  const claims: KubernetesClaims = {
    namespace: spec.namespace,
    serviceaccount: spec.account,
    ...(spec.bound ? { [spec.bound.kind.toLowerCase()]: { name: spec.bound.name, uid: spec.bound.uid } } : {}),
  }
  const token = await new SignJWT({ 'kubernetes.io': claims })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(tokenIssuer)
    .setSubject(`${serviceAccountUserPrefix}${spec.namespace}:${spec.account.name}`)
    .setAudience(spec.audiences.length > 0 ? [...spec.audiences] : [tokenIssuer])
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(expires)
    .setJti(crypto.randomUUID())
    .sign(key)
  return { token, expirationTimestamp: new Date(expires * 1000).toISOString().replace('.000', '') }
}

async function verifiedClaims(key: KeyObject, token: string): Promise<KubernetesClaims> {
  try {
    const { payload } = await jwtVerify<{ 'kubernetes.io': KubernetesClaims }>(token, key, {
      issuer: tokenIssuer,
      audience: tokenIssuer,
      algorithms: ['ES256'],
    })
    return payload['kubernetes.io']
  } catch {
    throw unauthorized()
  }
}

async function checkExists(store: ObjectStore, { namespace, serviceaccount, pod }: KubernetesClaims): Promise<void> {
  const account = (await store.cache(serviceAccounts.resource)).get(namespace, serviceaccount.name)
  if (account?.uid !== serviceaccount.uid) throw unauthorized()
  if (pod && (await store.cache(pods.resource)).get(namespace, pod.name)?.uid !== pod.uid) throw unauthorized()
}

function userOf({ namespace, serviceaccount, pod }: KubernetesClaims): User {
  return {
    name: `${serviceAccountUserPrefix}${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    ...(pod ? { extra: { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] } } : {}),
  }
}
