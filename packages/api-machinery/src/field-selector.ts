import { badRequest } from './api-error.ts'

/** One term of a field selector: `field=value` or `field!=value`. */
export interface FieldRequirement {
  field: string
  equal: boolean
  value: string
}

/** Parses field selector text. Commas and equals signs in values are escaped with a backslash. Throws BadRequest. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text.trim() === '') return []
  return text.split(/(?<!\\),/).map((term) => {
    const match = /^\s*([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(term)
    if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`)
    return { field: match[1]!, equal: match[2] !== '!=', value: match[3]!.trim().replace(/\\([\\,=])/g, '$1') }
  })
}
