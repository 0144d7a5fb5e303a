import type { KeyObject } from 'node:crypto'

import { dayOf, secrets, tokenInvalidSinceLabel, tokenLastUsedLabel, tokenSecretType, type Secret } from '@quarterdeck/api'
import { unauthorized } from '@quarterdeck/api-machinery'
import { jwtVerify, SignJWT } from 'jose'

import type { AdmissionReader } from '../admission/admission.ts'
import { serviceAccountUserPrefix } from './user.ts'

export const secretTokenIssuer = 'kubernetes/serviceaccount'

/** Whose token a Secret holds. */
export interface SecretTokenOwner {
  namespace: string
  secretName: string
  account: { name: string; uid: string }
}

/** A use that is to be noted on the Secret: the first of its day. */
export interface SecretTokenUse {
  namespace: string
  secretName: string
  day: string
}

const claim = (name: string): string => `kubernetes.io/serviceaccount/${name}`

/** A token without an end, of the claims that Kubernetes gave such tokens; it ends with its Secret. */
export function signSecretToken(key: KeyObject, { namespace, secretName, account }: SecretTokenOwner): Promise<string> {
  return new SignJWT({
    [claim('namespace')]: namespace,
    [claim('secret.name')]: secretName,
    [claim('service-account.name')]: account.name,
    [claim('service-account.uid')]: account.uid,
  })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer(secretTokenIssuer)
    .setSubject(`${serviceAccountUserPrefix}${namespace}:${account.name}`)
    .sign(key)
}

/**
 * Whose token it is, if its Secret still holds it and was not marked as invalid; `use` if that is to be noted. The account itself is
 * not looked up. Throws Unauthorized.
 */
export async function verifySecretToken(
  key: KeyObject,
  token: string,
  { reader, nowMs }: { reader: Pick<AdmissionReader, 'read'>; nowMs: number },
): Promise<{ owner: SecretTokenOwner; use?: SecretTokenUse }> {
  const owner = await ownerOf(key, token)
  const { namespace, secretName } = owner
  const secret = (await reader.read(secrets.resource, namespace, secretName))?.object as Secret | undefined
  const held = secret?.data?.['token']
  if (secret?.type !== tokenSecretType || secret.metadata.deletionTimestamp) throw unauthorized()
  if (!held || Buffer.from(held, 'base64').toString() !== token) throw unauthorized()
  const { labels = {} } = secret.metadata
  if (labels[tokenInvalidSinceLabel] !== undefined) throw unauthorized()
  const day = dayOf(nowMs)
  return labels[tokenLastUsedLabel] === day ? { owner } : { owner, use: { namespace, secretName, day } }
}

async function ownerOf(key: KeyObject, token: string): Promise<SecretTokenOwner> {
  const payload = await jwtVerify<Record<string, string>>(token, key, { issuer: secretTokenIssuer, algorithms: ['ES256'] }).then(
    (verified) => verified.payload,
    () => {
      throw unauthorized()
    },
  )
  const read = (name: string): string => payload[claim(name)] ?? ''
  return {
    namespace: read('namespace'),
    secretName: read('secret.name'),
    account: { name: read('service-account.name'), uid: read('service-account.uid') },
  }
}
