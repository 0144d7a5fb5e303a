/** The title of what went wrong with storing something. */
export function nothingStored(isUnknown: boolean): string {
  return isUnknown ? 'It is not known whether this was stored' : 'Nothing was stored'
}
