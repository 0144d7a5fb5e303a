import { badRequest } from './api-error.ts'

/** A JSON text parsed, with the keys that stood twice in one object (the last one won, as in Kubernetes). */
export interface ParsedJson {
  value: unknown
  duplicateKeys: string[]
}

/** Parses JSON. Throws BadRequest that names the place of the error. */
export function parseJson(text: string): ParsedJson {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw badRequest(`invalid JSON: ${(error as Error).message}`)
  }
  // Counting is far cheaper than locating, and there is nearly always nothing to locate.
  return { value, duplicateKeys: countKeysInText(text) === countKeys(value) ? [] : findDuplicateKeys(text) }
}

function countKeysInText(text: string): number {
  let count = 0
  for (const _ of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (_[1] !== undefined) count++
  return count
}

const maxDepth = 1000

/** Throws BadRequest for a value that nests more than 1,000 levels deep. */
export function refuseDeep(value: unknown): void {
  countKeys(value)
}

function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth > maxDepth) throw badRequest(`invalid JSON: nested more than ${maxDepth} levels deep`)
  let count = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const child of Object.values(value)) count += countKeys(child, depth + 1)
  return count
}

/** Dotted paths of repeated keys, found by walking the tokens. The text is known to be valid JSON. */
function findDuplicateKeys(text: string): string[] {
  const duplicates: string[] = []
  const stack: { keys: Set<string> | undefined; segment: string; index: number }[] = []
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{},]/g)) {
    const token = match[0]
    const top = stack.at(-1)
    if (token === '{') stack.push({ keys: new Set(), segment: '', index: 0 })
    else if (token === '[') stack.push({ keys: undefined, segment: '[0]', index: 0 })
    else if (token === '}' || token === ']') stack.pop()
    else if (token === ',') {
      if (top && !top.keys) top.segment = `[${++top.index}]`
    } else if (match[1] !== undefined && top?.keys) {
      const key = JSON.parse(token.slice(0, token.length - match[1].length)) as string
      top.segment = key
      if (top.keys.has(key)) duplicates.push(pathOf(stack.map((s) => s.segment)))
      top.keys.add(key)
    }
  }
  return duplicates
}

function pathOf(segments: string[]): string {
  return segments.reduce((path, s) => (s.startsWith('[') || path === '' ? path + s : `${path}.${s}`), '')
}
