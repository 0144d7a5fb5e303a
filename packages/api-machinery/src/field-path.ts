/** A field's name, or the place in a list. */
export type PathPart = string | number

/** As errors name a field: `spec.containers[0].name`. */
export function pathText(path: readonly PathPart[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text ? `${text}.${part}` : part
  }, '')
}
