import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { decodeObject, type KubeObject } from '@quarterdeck/api-machinery'

import type { Kind } from '../kind.ts'
import { modelSchemas } from '../schemas.ts'
import { fieldPlaces, withValueAt, wholeObject } from '../testing/whole-object.ts'
import { builtInKinds } from './index.ts'

const length = 3000
/** Ten times what the slowest takes; a cost that grows with the square of the length is far above it. */
const limitMs = 3000

/** Everything that is asked of a kind about an object. */
function ask(kind: Kind, body: unknown): void {
  const { value } = decodeObject(body as Record<string, unknown>, { $ref: kind.model }, modelSchemas)
  const object = value as unknown as KubeObject
  kind.applyDefaults(object)
  const old = structuredClone(object)
  const errors = [
    ...kind.validate(object),
    ...kind.validateCreate(object),
    ...kind.validateUpdate(object, old),
    ...kind.validateStatusUpdate(object, old),
    ...kind.warnings(object, undefined),
  ]
  assert.ok(errors.length < 1_000_000)
}

/** An element with strings and numbers of its own; what it is nested of stays as it is. */
function distinct(element: unknown, index: number): unknown {
  if (typeof element === 'string') return `x${index}`
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return element
  return Object.fromEntries(Object.entries(element).map(([name, value]) => [name, value === 'a' ? `x${index}` : value]))
}

/** Lists within lists are tried by themselves. */
function withoutLargeParts(element: unknown): unknown {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return element
  return Object.fromEntries(Object.entries(element).filter(([, value]) => JSON.stringify(value).length < 200))
}

describe('[API-36] what a list costs grows with its length, not with the square of it:', () => {
  const seen = new Set<string>()
  for (const kind of builtInKinds)
    test(`${kind.apiVersion} ${kind.kind}`, () => {
      const whole = wholeObject(kind)
      for (const { id, path } of fieldPlaces(whole, { $ref: kind.model })) {
        const list = path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], whole)
        if (!Array.isArray(list) || seen.has(id)) continue
        seen.add(id)
        const element = withoutLargeParts(list[0])
        for (const elements of [Array.from({ length }, () => element), Array.from({ length }, (_, i) => distinct(element, i))]) {
          const started = performance.now()
          ask(kind, withValueAt(whole, path, elements))
          const tookMs = performance.now() - started
          assert.ok(tookMs < limitMs, `${id} took ${Math.round(tookMs)} ms`)
        }
      }
    })
})
