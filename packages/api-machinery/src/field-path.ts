/** A field's name, or the place in a list. */
export type PathPart = string | number

/** No path of use is longer; a client may nest and name as it likes. */
const maxPathLength = 512

/** As errors name a field: `spec.containers[0].name`. Of a path that is very long the beginning. */
export function pathText(path: readonly PathPart[]): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else text += text ? `.${part}` : part
    if (text.length > maxPathLength) return `${text.slice(0, maxPathLength)}…`
  }
  return text
}
