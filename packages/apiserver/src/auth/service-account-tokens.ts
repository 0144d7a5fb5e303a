import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'

import { pods, secrets, serviceAccounts } from '@quarterdeck/api'
import { unauthorized } from '@quarterdeck/api-machinery'
import { decodeJwt, jwtVerify, SignJWT } from 'jose'

import type { AdmissionReader } from '../admission/admission.ts'
import { secretTokenIssuer, signSecretToken, verifySecretToken, type SecretTokenOwner, type SecretTokenUse } from './secret-tokens.ts'
import { serviceAccountGroups, serviceAccountUserPrefix, type User } from './user.ts'

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
  /** A token to be kept in a Secret, which ends with it. */
  issueForSecret(owner: SecretTokenOwner): Promise<string>
  /** Throws Unauthorized unless the token is ours, unexpired, and its account and bound object still exist. */
  verify(token: string): Promise<User>
}

export function createSigningKeyPem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** Whether a bearer token is a JWT of this cluster's issuer: others are for other authenticators. */
export function isServiceAccountToken(token: string): boolean {
  try {
    const { iss } = decodeJwt(token)
    return iss === tokenIssuer || iss === secretTokenIssuer
  } catch {
    return false
  }
}

export interface ServiceAccountTokenOptions {
  reader: Pick<AdmissionReader, 'read'>
  signingKeyPem: string
  /** Told of the first use of a Secret's token on each day, until that is noted on the Secret. */
  onSecretTokenUse: (use: SecretTokenUse) => void
}

export function openServiceAccountTokens({ reader, signingKeyPem, onSecretTokenUse }: ServiceAccountTokenOptions): ServiceAccountTokens {
  const privateKey = createPrivateKey(signingKeyPem)
  const publicKey = createPublicKey(privateKey)
  return {
    issue: (spec) => issueToken(privateKey, spec),
    issueForSecret: (owner) => signSecretToken(privateKey, owner),
    async verify(token) {
      if (decodeJwt(token).iss !== secretTokenIssuer) {
        const claims = await verifiedClaims(publicKey, token)
        await checkExists(reader, claims)
        return userOf(claims)
      }
      const { owner, use } = await verifySecretToken(publicKey, token, { reader, nowMs: Date.now() })
      const claims = { namespace: owner.namespace, serviceaccount: owner.account }
      await checkExists(reader, claims)
      if (use) onSecretTokenUse(use)
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

async function checkExists(
  reader: Pick<AdmissionReader, 'read'>,
  { namespace, serviceaccount, pod, secret }: KubernetesClaims,
): Promise<void> {
  const check = async (resource: string, { name, uid }: { name: string; uid: string }): Promise<void> => {
    if ((await reader.read(resource, namespace, name))?.uid !== uid) throw unauthorized()
  }
  await check(serviceAccounts.resource, serviceaccount)
  if (pod) await check(pods.resource, pod)
  if (secret) await check(secrets.resource, secret)
}

function userOf({ namespace, serviceaccount, pod }: KubernetesClaims): User {
  return {
    name: `${serviceAccountUserPrefix}${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
    ...(pod ? { extra: { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] } } : {}),
  }
}
