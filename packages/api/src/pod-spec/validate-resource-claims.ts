import {
  boundedText,
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  duplicateField,
  invalidField,
  notFoundField,
  requiredField,
  type FieldError,
} from '@quarterdeck/api-machinery'

import type { CoreV1ResourceClaim, V1PodResourceClaim } from '../generated/types.ts'

/** The claims a pod declares: each with a name of its own and one source. */
export function validateResourceClaims(claims: readonly V1PodResourceClaim[] | undefined, path: string): FieldError[] {
  const names = new Set<string>()
  return (claims ?? []).flatMap((claim, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = []
    if (!claim.name) errors.push(requiredField(`${at}.name`))
    else if (names.has(claim.name)) errors.push(duplicateField(`${at}.name`, claim.name))
    else errors.push(...dns1123LabelErrors(claim.name).map((m) => invalidField(`${at}.name`, claim.name, m)))
    names.add(claim.name)
    return [...errors, ...validateSource(claim, at)]
  })
}

function validateSource(claim: V1PodResourceClaim, at: string): FieldError[] {
  const { resourceClaimName, resourceClaimTemplateName } = claim
  const errors: FieldError[] = []
  if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined)
    errors.push(invalidField(at, claim, 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
  if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
    errors.push(invalidField(at, claim, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
  for (const name of ['resourceClaimName', 'resourceClaimTemplateName'] as const) {
    const value = claim[name]
    if (value !== undefined) errors.push(...dns1123SubdomainErrors(value).map((m) => invalidField(`${at}.${name}`, value, m)))
  }
  return errors
}

/** The claims a container uses: each one that its pod declares, whole or by request, and none twice. */
export function validateClaimUses(
  uses: readonly CoreV1ResourceClaim[] | undefined,
  declared: readonly V1PodResourceClaim[] | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>()
  /** The claims of which a request is used. */
  const seenInPart = new Set<string>()
  const known = new Set((declared ?? []).map((claim) => claim.name).toSorted())
  const choice = known.size > 0 ? `: ${boundedText([...known].join(', '))}` : ' which is empty'
  return (uses ?? []).flatMap(({ name = '', request = '' }, i) => {
    const at = `${path}[${i}]`
    const errors: FieldError[] = []
    const key = request ? `${name}/${request}` : name
    const isUsed = seen.has(name) || seen.has(key) || (!request && seenInPart.has(name))
    if (!name) errors.push(requiredField(at))
    else if (isUsed) errors.push(duplicateField(at, seen.has(name) ? name : key))
    if (request && !seen.has(name)) errors.push(...dns1123LabelErrors(request).map((m) => invalidField(`${at}.request`, request, m)))
    seen.add(key)
    if (request) seenInPart.add(name)
    if (known.has(name)) return errors
    const missing = notFoundField(at, name)
    return [...errors, { ...missing, message: `${missing.message}: must be one of the names in pod.spec.resourceClaims${choice}` }]
  })
}
