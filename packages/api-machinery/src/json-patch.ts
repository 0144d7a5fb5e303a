import { ApiError, badRequest } from './api-error.ts'
import { boundedText } from './bounded-text.ts'
import { isTooDeep, setKey } from './json-depth.ts'
import { isRecord } from './merge-patch.ts'
import { PatchWork, refusedPatch } from './patch-work.ts'

const maxOperations = 10_000

type Container = Record<string, unknown> | unknown[]

/** One operation; a value that is not given is null. */
interface Operation {
  op: string
  path: string | undefined
  from: string | undefined
  value: unknown
}

/**
 * Applies a JSON patch (RFC 6902) as kube-apiserver does: `replace` makes a key that is not there, negative indices count
 * from the end. The result may share parts with target and patch, neither of which is changed. Throws BadRequest for what
 * is no patch, Invalid for one that does not apply or copies more than 3 MiB, RequestEntityTooLarge for one of too much work.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch must be an array of operations')
  if (patch.length > maxOperations)
    throw new ApiError('RequestEntityTooLarge', `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`)
  const operations = patch.map(operationOf)
  const document = new PatchedDocument(target)
  for (const operation of operations) document.apply(operation)
  if (isTooDeep(document.root)) throw refusedPatch('exceeded max depth')
  return document.root
}

function operationOf(value: unknown): Operation {
  if (!isRecord(value)) throw badRequest('error decoding patch: every operation of a JSON patch must be an object')
  const textOf = (name: string): string | undefined => {
    const text = Object.hasOwn(value, name) ? value[name] : undefined
    if (text === undefined || text === null || typeof text === 'string') return text ?? undefined
    throw badRequest(`error decoding patch: ${name} of an operation must be a string, not ${Array.isArray(text) ? 'array' : typeof text}`)
  }
  return { op: textOf('op') ?? 'unknown', path: textOf('path'), from: textOf('from'), value: value['value'] ?? null }
}

/** A document being patched. Containers are copied when they first change, so that the original stays as it is. */
class PatchedDocument {
  root: unknown
  readonly #work = new PatchWork()
  /** Containers that this patch made: they may be changed in place. */
  readonly #own = new WeakSet<Container>()

  constructor(root: unknown) {
    this.root = root
  }

  apply(operation: Operation): void {
    const { op, value } = operation
    switch (op) {
      case 'add':
        return this.#add(operation, 'path', value)
      case 'remove':
        return void this.#remove(operation, 'path')
      case 'replace':
        return this.#replace(operation)
      case 'move':
        return this.#add(operation, 'path', this.#remove(operation, 'from'))
      case 'copy':
        return this.#add(operation, 'path', this.#work.copy(this.#read(operation, 'from')))
      case 'test':
        if (!this.#work.isEqual(operation.path === '' ? this.root : this.#read(operation, 'path'), value))
          throw refusedPatch(`testing value ${shownPath(operation.path)} failed: test failed`)
        return
      default:
        throw refusedPatch(`Unexpected kind: ${boundedText(op, 64)}`)
    }
  }

  #read(operation: Operation, field: 'path' | 'from'): unknown {
    const [parents, key] = stepsOf(operation, field)
    let container = asContainer(this.root, operation, field)
    for (const step of parents) container = asContainer(valueAt(container, step), operation, field)
    return Array.isArray(container) ? container[indexOf(container, key, operation)] : (valueAt(container, key) ?? null)
  }

  /** The container that holds what the operation names, fit to be changed, and the key in it. */
  #open(operation: Operation, field: 'path' | 'from'): [container: Container, key: string] {
    const [parents, key] = stepsOf(operation, field)
    let container = this.#ownCopy(asContainer(this.root, operation, field))
    this.root = container
    for (const step of parents) {
      const child = this.#ownCopy(asContainer(valueAt(container, step), operation, field))
      if (Array.isArray(container)) container[indexOf(container, step, operation)] = child
      else setKey(container, step, child)
      container = child
    }
    return [container, key]
  }

  #ownCopy(container: Container): Container {
    if (this.#own.has(container)) return container
    const copy = Array.isArray(container) ? [...container] : { ...container }
    this.#own.add(copy)
    return copy
  }

  #add(operation: Operation, field: 'path', value: unknown): void {
    const [container, key] = this.#open(operation, field)
    if (!Array.isArray(container)) return setKey(container, key, value)
    if (key === '-') return void container.push(value)
    const index = indexOf(container, key, operation, container.length + 1)
    this.#work.countMoved(container.length - index)
    container.splice(index, 0, value)
  }

  #remove(operation: Operation, field: 'path' | 'from'): unknown {
    const [container, key] = this.#open(operation, field)
    if (Array.isArray(container)) {
      const index = indexOf(container, key, operation)
      this.#work.countMoved(container.length - index)
      return container.splice(index, 1)[0]
    }
    if (!Object.hasOwn(container, key)) throw refusedPatch(`Unable to remove nonexistent key: ${boundedText(key, 256)}: missing value`)
    const value = container[key]
    delete container[key]
    return value
  }

  #replace(operation: Operation): void {
    const { path, value } = operation
    if (path === '') {
      if (typeof value !== 'object' || value === null) throw refusedPatch('replace operation value must be object or array')
      this.root = value
      return
    }
    const [container, key] = this.#open(operation, 'path')
    if (Array.isArray(container)) container[indexOf(container, key, operation)] = value
    else setKey(container, key, value)
  }
}

/** The steps to the container and the key in it. */
function stepsOf(operation: Operation, field: 'path' | 'from'): [parents: string[], key: string] {
  const pointer = operation[field]
  if (pointer === undefined) throw refusedPatch(`${operation.op} operation failed to decode ${field}: missing value`)
  if (!pointer.startsWith('/')) throw missingPath(operation, field)
  const steps = pointer.split('/').map((step) => step.replace(/~[01]/g, (escape) => (escape === '~1' ? '/' : '~')))
  return [steps.slice(1, -1), steps.at(-1)!]
}

function missingPath({ op, ...pointers }: Operation, field: 'path' | 'from'): ApiError {
  return refusedPatch(
    `${op} operation does not apply: doc is missing ${field === 'from' ? 'from path' : 'path'}: ${shownPath(pointers[field])}: missing value`,
  )
}

const shownPath = (path: string | undefined): string => JSON.stringify(boundedText(path ?? '', 256))

function asContainer(value: unknown, operation: Operation, field: 'path' | 'from'): Container {
  if (typeof value === 'object' && value !== null) return value as Container
  throw missingPath(operation, field)
}

/** What a container has at a step on the way; undefined where there is nothing. */
function valueAt(container: Container, step: string): unknown {
  if (!Array.isArray(container)) return Object.hasOwn(container, step) ? container[step] : undefined
  const index = parseIndex(step, container.length)
  return index === undefined ? undefined : container[index]
}

/** Throws Invalid for what is no index below the limit, which is the length of the list unless it says otherwise. */
function indexOf(list: readonly unknown[], key: string, operation: Operation, limit = list.length): number {
  const index = parseIndex(key, limit)
  if (index !== undefined && index >= 0 && index < limit) return index
  throw refusedPatch(
    `error in ${operation.op} for path: ${shownPath(operation.path)}: Unable to access invalid index: ${boundedText(key, 64)}: invalid index referenced`,
  )
}

/** As Go's Atoi reads it; a negative one counts from the end. */
function parseIndex(text: string, length: number): number | undefined {
  if (!/^[+-]?\d{1,18}$/.test(text)) return undefined
  const index = Number(text)
  return index < 0 ? index + length : index
}
