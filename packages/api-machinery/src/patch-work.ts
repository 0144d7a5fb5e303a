import { ApiError } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { maxJsonDepth, setKey } from './json-depth.ts'

/** What all copies of a patch may add up to, as JSON (JSONPatchMaxCopyBytes of kube-apiserver). */
const maxCopiedBytes = 3 * 1024 * 1024
/** Elements that may be moved or compared, about: half a second of work, which no patch of use comes near. */
const maxSteps = 100_000_000
/** What looking at a key costs, counted in elements moved. */
const stepsPerKey = 32
/** What copying a key costs. */
const stepsPerCopiedKey = 512

/** The patch cannot be applied to the object, or is not to be. */
export function refusedPatch(why: string): ApiError {
  return new ApiError('Invalid', `the server rejected our request due to an error in our request: ${boundedText(why)}`)
}

/** Counts what a patch costs. Every method throws Invalid or RequestEntityTooLarge once it is too much. */
export class PatchWork {
  #copiedBytes = 0
  #steps = 0

  /** Of elements of a list that move up or down. */
  countMoved(elements: number): void {
    this.#steps += elements
    if (this.#steps > maxSteps)
      throw new ApiError('RequestEntityTooLarge', 'the patch needs too much work: it moves, compares or merges too many elements')
  }

  /** Of everything in a value. */
  countCopies(value: unknown): void {
    this.countMoved(stepsPerCopiedKey)
    if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) this.countCopies(child)
  }

  /** A copy that shares nothing with the value. */
  copy(value: unknown, depth = 0): unknown {
    if (typeof value !== 'object' || value === null) {
      this.#countCopied(sizeOfScalar(value))
      return value
    }
    if (depth === maxJsonDepth) throw refusedPatch('exceeded max depth')
    this.#countCopied(2)
    if (Array.isArray(value)) return value.map((element) => this.copy(element, depth + 1))
    const result: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(value)) {
      this.#countCopied(key.length + 4)
      setKey(result, key, this.copy(field, depth + 1))
    }
    return result
  }

  /** Whether two values are the same JSON, whatever the order of keys. */
  isEqual(a: unknown, b: unknown, depth = 0): boolean {
    if (a === b) return true
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
    if (depth === maxJsonDepth) throw refusedPatch('exceeded max depth')
    if (Array.isArray(a)) {
      const other = b as unknown[]
      this.countMoved(1)
      return a.length === other.length && a.every((element, index) => this.isEqual(element, other[index], depth + 1))
    }
    const keys = Object.keys(a)
    this.countMoved(keys.length * stepsPerKey)
    if (keys.length !== Object.keys(b).length) return false
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
    return keys.every((key) => Object.hasOwn(right, key) && this.isEqual(left[key], right[key], depth + 1))
  }

  #countCopied(bytes: number): void {
    this.#copiedBytes += bytes
    if (this.#copiedBytes > maxCopiedBytes)
      throw refusedPatch(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      )
  }
}

function sizeOfScalar(value: unknown): number {
  return typeof value === 'string' ? Buffer.byteLength(value) + 2 : String(value).length
}
