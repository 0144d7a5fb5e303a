import { badRequest } from './api-error.ts'

/** More than any URL holds here. */
const maxLength = 64 * 1024
/** Each is looked at for every object of a collection. */
const maxTerms = 1000

/** Throws BadRequest for the text of a selector that is longer than any of use. */
export function checkSelectorLength(text: string): void {
  if (text.length > maxLength) throw badRequest(`the selector is too long: ${text.length} characters, at most ${maxLength} are allowed`)
}

/** Throws BadRequest for more terms than are worth looking at. */
export function checkTerms(terms: readonly string[]): void {
  if (terms.length > maxTerms) throw badRequest(`the selector has too many requirements: ${terms.length}, at most ${maxTerms} are allowed`)
}
