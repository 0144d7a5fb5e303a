import { badRequest } from './api-error.ts'
import { pathText, type PathPart } from './field-path.ts'
import { maxJsonDepth } from './json-depth.ts'
import { ProblemList } from './problem-list.ts'

/** A JSON text parsed, with the keys that stood twice in one object (the last one won, as in Kubernetes). */
export interface ParsedJson {
  value: unknown
  /** Paths, each once; the first hundred. */
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

function countKeys(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0
  if (depth === maxJsonDepth) throw badRequest(`invalid JSON: nested more than ${maxJsonDepth} levels deep`)
  let count = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const child of Object.values(value)) count += countKeys(child, depth + 1)
  return count
}

interface OpenValue {
  /** Of an object, with how often each was seen; undefined for a list. */
  keys: Map<string, number> | undefined
  /** The key, or the place in the list, at which the text stands. */
  part: PathPart
}

/** Paths of repeated keys, found by walking the tokens. The text is known to be valid JSON. */
function findDuplicateKeys(text: string): string[] {
  const duplicates = new ProblemList()
  const stack: OpenValue[] = []
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[[\]{},]/g)) {
    if (duplicates.isFull) break
    const token = match[0]
    const top = stack.at(-1)
    if (token === '{') stack.push({ keys: new Map(), part: '' })
    else if (token === '[') stack.push({ keys: undefined, part: 0 })
    else if (token === '}' || token === ']') stack.pop()
    else if (token === ',') {
      if (typeof top?.part === 'number') top.part++
    } else if (match[1] !== undefined && top?.keys) {
      const key = JSON.parse(token.slice(0, token.length - match[1].length)) as string
      top.part = key
      const times = top.keys.get(key) ?? 0
      if (times === 1) duplicates.add(pathText(stack.map(({ part }) => part)))
      top.keys.set(key, times + 1)
    }
  }
  return duplicates.toArray()
}
