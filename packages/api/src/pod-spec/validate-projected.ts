import { forbiddenField, invalidField, notSupportedField, requiredField, type FieldError } from '@quarterdeck/api-machinery'

import type { V1ProjectedVolumeSource, V1VolumeProjection } from '../generated/types.ts'
import { validateDownwardFile, validateItems, validateMode } from './validate-volume-files.ts'
import { validateFilePath } from './validate-path.ts'

const defaultTokenSeconds = 3600
const minTokenSeconds = 600
const maxTokenSeconds = 2 ** 32
const minCertificateSeconds = 3600
const maxCertificateSeconds = 91 * 86_400
const maxOwnCertificateSeconds = 86_400
const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519']

/** Several sources in one directory: each of one kind, and no two of their files at one path. */
export function validateProjected({ sources = [], defaultMode }: V1ProjectedVolumeSource, path: string): FieldError[] {
  const taken = new Set<string>()
  return [
    ...validateMode(defaultMode, `${path}.defaultMode`),
    ...sources.flatMap((source, i) => {
      const at = `${path}.sources[${i}]`
      const isMixed = Object.values(source).filter((part) => part !== undefined).length > 1
      return [
        ...validateSource(source, at),
        ...validateToken(source, { at, volume: path }),
        ...filesOf(source).flatMap(({ file, from }) => {
          const isTaken = taken.has(file)
          taken.add(file)
          return isTaken ? [invalidField(path, from, 'conflicting duplicate paths')] : []
        }),
        ...(isMixed ? [forbiddenField(at, 'may not specify more than 1 volume type per source')] : []),
      ]
    }),
  ]
}

/** The paths a source names, each with what a conflict is blamed on. Those of tokens are not compared, as in Kubernetes. */
function filesOf({
  secret,
  configMap,
  downwardAPI,
  clusterTrustBundle,
  podCertificate,
}: V1VolumeProjection): { file: string; from: string }[] {
  const own = [
    ...(downwardAPI?.items ?? []).map((item) => item.path),
    clusterTrustBundle?.path,
    podCertificate?.credentialBundlePath,
    podCertificate?.keyPath,
    podCertificate?.certificateChainPath,
  ].map((file) => ({ file, from: file ?? '' }))
  const copied = [secret, configMap].flatMap((source) =>
    (source?.items ?? []).map(({ path }) => ({ file: path, from: source?.name ?? '' })),
  )
  return [...copied, ...own].flatMap(({ file, from }) => (file ? [{ file, from }] : []))
}

function validateSource(
  { secret, configMap, downwardAPI, clusterTrustBundle, podCertificate }: V1VolumeProjection,
  at: string,
): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, source] of [
    ['secret', secret],
    ['configMap', configMap],
  ] as const) {
    if (source && !source.name) errors.push(requiredField(`${at}.${name}.name`))
    errors.push(...validateItems(source?.items, `${at}.${name}.items`))
  }
  errors.push(...(downwardAPI?.items ?? []).flatMap((item) => validateDownwardFile(item, `${at}.downwardAPI`)))
  if (clusterTrustBundle) errors.push(...validateTrustBundle(clusterTrustBundle, `${at}.clusterTrustBundle`))
  if (podCertificate) errors.push(...validateCertificate(podCertificate, `${at}.podCertificate`))
  return errors
}

function validateToken({ serviceAccountToken: token }: V1VolumeProjection, { at, volume }: { at: string; volume: string }): FieldError[] {
  if (!token) return []
  const seconds = token.expirationSeconds ?? defaultTokenSeconds
  const field = `${at}.serviceAccountToken.expirationSeconds`
  return [
    ...(seconds < minTokenSeconds ? [invalidField(field, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > maxTokenSeconds ? [invalidField(field, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
    // Kubernetes blames the volume, not the source, for the path.
    ...(token.path ? validateFilePath(token.path, `${volume}.path`) : [requiredField(`${volume}.path`)]),
  ]
}

function validateTrustBundle(bundle: NonNullable<V1VolumeProjection['clusterTrustBundle']>, at: string): FieldError[] {
  const { name, signerName, labelSelector, path = '' } = bundle
  const errors: FieldError[] = []
  if (name !== undefined && signerName !== undefined) errors.push(invalidField(at, bundle, 'only one of name and signerName may be used'))
  else if (name === undefined && signerName === undefined) errors.push(requiredField(at, 'either name or signerName must be specified'))
  else if (name === '') errors.push(requiredField(`${at}.name`, 'must be a valid object name'))
  else if (signerName === '') errors.push(requiredField(`${at}.signerName`, 'must be a valid signer name'))
  if (name !== undefined && signerName === undefined && labelSelector)
    errors.push(invalidField(`${at}.labelSelector`, labelSelector, 'labelSelector must be unset if name is specified'))
  if (!path) errors.push(requiredField(`${at}.path`))
  return [...errors, ...validateFilePath(path, `${at}.path`)]
}

function validateCertificate(certificate: NonNullable<V1VolumeProjection['podCertificate']>, at: string): FieldError[] {
  const { signerName = '', keyType = '', maxExpirationSeconds: seconds } = certificate
  const errors: FieldError[] = signerName ? [] : [requiredField(`${at}.signerName`)]
  if (!keyTypes.includes(keyType)) errors.push(notSupportedField(`${at}.keyType`, keyType, keyTypes))
  const most = signerName.startsWith('kubernetes.io/') ? maxOwnCertificateSeconds : maxCertificateSeconds
  if (seconds !== undefined && seconds < minCertificateSeconds)
    errors.push(
      invalidField(`${at}.maxExpirationSeconds`, seconds, `if provided, maxExpirationSeconds must be >= ${minCertificateSeconds}`),
    )
  if (seconds !== undefined && seconds > most)
    errors.push(invalidField(`${at}.maxExpirationSeconds`, seconds, `if provided, maxExpirationSeconds must be <= ${most}`))
  const paths = (['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const).filter((name) => certificate[name])
  if (paths.length === 0) errors.push(requiredField(at, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath'))
  return [...errors, ...paths.flatMap((name) => validateFilePath(certificate[name] ?? '', `${at}.${name}`))]
}
