import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { FieldError, KubeObject } from '@quarterdeck/api-machinery'

import type { Kind } from '../kind.ts'
import { builtInKinds } from '../kinds/index.ts'

export type Part = Record<string, unknown>
/** The fields that matter, and `field: part of the message` of each error expected, in order. */
export type Case = [what: string, object: Part, ...errors: string[]]
export type UpdateCase = [what: string, from: Part, to: Part, ...errors: string[]]

/** A test of each case of creating, by resource. */
export function testCreations(creations: Record<string, Case[]>): void {
  for (const [resource, cases] of Object.entries(creations))
    describe(`creating ${resource} with`, () => {
      const kind = kindOf(resource)
      for (const [what, part, ...expected] of cases)
        test(titleOf(what, expected), () => {
          const object = objectOf(kind, part)
          matches([...kind.validate(object), ...kind.validateCreate(object)], expected)
        })
    })
}

/** A test of each change, by resource: of the rules that compare with the old object. */
export function testUpdates(updates: Record<string, UpdateCase[]>): void {
  for (const [resource, cases] of Object.entries(updates))
    describe(`changing, of ${resource},`, () => {
      const kind = kindOf(resource)
      for (const [what, from, to, ...expected] of cases)
        test(titleOf(what, expected), () => matches(kind.validateUpdate(objectOf(kind, to), objectOf(kind, from)), expected))
    })
}

/** As testUpdates, of the status subresource. */
export function testStatusUpdates(statuses: Record<string, UpdateCase[]>): void {
  for (const [resource, cases] of Object.entries(statuses))
    describe(`a status of ${resource} with`, () => {
      const kind = kindOf(resource)
      for (const [what, from, to, ...expected] of cases)
        test(titleOf(what, expected), () => matches(kind.validateStatusUpdate(objectOf(kind, to), objectOf(kind, from)), expected))
    })
}

const kindOf = (resource: string): Kind => builtInKinds.find((k) => k.resource === resource)!
const titleOf = (what: string, errors: readonly string[]): string => `${what} is ${errors.length > 0 ? 'refused' : 'allowed'}`

function objectOf(kind: Kind, part: Part): KubeObject {
  const metadata = { name: 'x', namespace: 'ns', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }
  const { metadata: more, ...rest } = structuredClone(part)
  const object = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, ...(more as Part) }, ...rest } as KubeObject
  kind.applyDefaults(object)
  return object
}

function matches(errors: readonly FieldError[], expected: readonly string[]): void {
  const shown = errors.map((e) => `${e.field}: ${e.message}`)
  assert.equal(shown.length, expected.length, shown.join('\n'))
  for (const [i, text] of expected.entries()) {
    const [field = '', message = ''] = text.split(/: (.*)/)
    assert.equal(errors[i]!.field, field)
    assert.ok(errors[i]!.message.includes(message), `${shown[i]} has no ${message}`)
  }
}
