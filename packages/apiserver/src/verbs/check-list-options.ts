import { badRequest, briefJson, forbiddenField, invalid, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

export interface VersionOptions {
  resourceVersion?: string | undefined
  resourceVersionMatch?: string | undefined
  continue?: string | undefined
  sendInitialEvents?: boolean | undefined
}

const matchField = 'resourceVersionMatch'

/** Throws BadRequest or Invalid for versions that no list can be of. */
export function checkListOptions({
  resourceVersion = '',
  resourceVersionMatch: match,
  continue: token,
  sendInitialEvents,
}: VersionOptions): void {
  checkResourceVersion(resourceVersion)
  const errors: FieldError[] = []
  if (match) {
    if (!resourceVersion) errors.push(forbiddenField(matchField, 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (token) errors.push(forbiddenField(matchField, 'resourceVersionMatch is forbidden when continue is provided'))
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(notSupportedField(matchField, match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbiddenField(matchField, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  if (sendInitialEvents !== undefined) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  refuse(errors)
  if (token && resourceVersion && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
}

/** Throws BadRequest or Invalid for versions that no watch can begin at. */
export function checkWatchOptions({ resourceVersion = '', resourceVersionMatch: match, sendInitialEvents }: VersionOptions): void {
  checkResourceVersion(resourceVersion)
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan')
    errors.push(forbiddenField(matchField, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  if (match) {
    if (sendInitialEvents === undefined)
      errors.push(forbiddenField(matchField, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
    if (match !== 'NotOlderThan') errors.push(notSupportedField(matchField, match, ['NotOlderThan']))
  }
  refuse(errors)
}

const maxVersion = 2n ** 64n - 1n

/** Throws BadRequest for text that is no version: an empty one, or a whole number of 64 bits. */
export function checkResourceVersion(resourceVersion: string): void {
  const isNumber = /^\d*$/.test(resourceVersion)
  if (isNumber && (resourceVersion.length < 20 || (resourceVersion.length < 64 && BigInt(resourceVersion) <= maxVersion))) return
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw badRequest(
    `resourceVersion: Invalid value: ${briefJson(resourceVersion)}: resourceVersion must be a whole number of 64 bits: ${why}`,
  )
}

function refuse(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors)
}
