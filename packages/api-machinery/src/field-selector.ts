import { badRequest } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { checkSelectorLength, checkTerms } from './selector-limits.ts'

/** One term of a field selector: `field=value` or `field!=value`. */
export interface FieldRequirement {
  field: string
  equal: boolean
  value: string
}

/** Parses field selector text. Commas and equals signs in values are escaped with a backslash. Throws BadRequest. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  checkSelectorLength(text)
  if (text.trim() === '') return []
  const terms = text.split(/(?<!\\),/)
  checkTerms(terms)
  return terms.map((term) => {
    const match = /^([^=!\s]+)\s*(==|=|!=)(.*)$/.exec(term.trim())
    if (!match) {
      const shown = boundedText(term, 256)
      throw badRequest(`invalid selector: '${shown}'; can't understand '${shown}'`)
    }
    return { field: match[1]!, equal: match[2] !== '!=', value: match[3]!.trim().replace(/\\([\\,=])/g, '$1') }
  })
}
