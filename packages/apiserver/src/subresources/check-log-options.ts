import { badRequest, forbiddenField, invalid, invalidField, notSupportedField, type FieldError } from '@quarterdeck/api-machinery'

import { integer } from '../rest/options.ts'

const streams = ['All', 'Stderr', 'Stdout']
const leastOf = { tailLines: 0, limitBytes: 1, sinceSeconds: 1 } as const

/**
 * Refuses what the log of a pod can't be asked for (core/v1 PodLogOptions). Throws BadRequest for numbers and times that are none, and
 * Invalid, with all that is wrong, for those that make no sense.
 */
export function checkLogOptions(query: URLSearchParams, podName: string): void {
  const errors: FieldError[] = []
  const sinceTime = query.get('sinceTime')
  if (sinceTime && Number.isNaN(Date.parse(sinceTime)))
    throw badRequest(`Invalid value: ${JSON.stringify(sinceTime)}: query parameter sinceTime must be an RFC 3339 time`)
  const numbers = Object.entries(leastOf).map(([name, least]) => ({ name, least, value: integer(query, name) }))
  for (const { name, least, value } of numbers) {
    if (name === 'sinceSeconds' && value !== undefined && sinceTime)
      errors.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
    else if (value !== undefined && value < least)
      errors.push(invalidField(name, value, least === 0 ? 'must be greater than or equal to 0' : 'must be greater than 0'))
  }
  const stream = query.get('stream')
  if (stream !== null && !streams.includes(stream)) errors.push(notSupportedField('stream', stream, streams))
  if (errors.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, podName, errors)
}
