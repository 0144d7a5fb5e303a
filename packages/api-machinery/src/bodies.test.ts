import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { isApiError } from './api-error.ts'
import { briefJson } from './brief-json.ts'
import { decodeObject } from './decode.ts'
import { parseJson } from './json.ts'
import { dns1123SubdomainErrors, qualifiedNameErrors } from './names.ts'
import { parseQuantity } from './quantity.ts'
import type { Schema } from './schema.ts'
import { composeYaml, yamlValue } from './yaml-documents.ts'

const bodyBytes = 3 * 1024 * 1024
/** Far above what any of these takes; one that grows with the square of the length takes minutes. */
const limitMs = 10_000

function quickly<T>(run: () => T): T {
  const started = performance.now()
  const result = run()
  assert.ok(performance.now() - started < limitMs)
  return result
}

const of = (text: string, bytes = bodyBytes): string => text.repeat(Math.ceil(bytes / text.length))

describe('[API-33] JSON', () => {
  for (const [what, text] of [
    ['open lists', of('[')],
    ['lists within lists', '['.repeat(bodyBytes / 2) + ']'.repeat(bodyBytes / 2)],
    ['objects within objects', '{"":'.repeat(500_000) + '1' + '}'.repeat(500_000)],
    ['an open string', `{"a":"${of('x')}`],
  ] as const)
    test(`${what} are refused`, () => {
      assert.throws(
        () => quickly(() => parseJson(text)),
        (error) => isApiError(error, 'BadRequest') && error.message.length < 1000,
      )
    })

  test('of keys that stand twice the first hundred are named, each once, by paths that end', () => {
    const many = `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1,"k${i}":2`).join(',')}}`
    assert.equal(quickly(() => parseJson(many)).duplicateKeys.length, 100)
    const deep = `${'{"a":'.repeat(900)}{${'"a":1,'.repeat(300_000)}"b":1}${'}'.repeat(900)}`
    const { duplicateKeys } = quickly(() => parseJson(deep))
    assert.equal(duplicateKeys.length, 1)
    assert.ok(duplicateKeys[0]!.length < 600)
  })
})

describe('[API-33] YAML', () => {
  for (const [what, text] of [
    ['open lists', of('[')],
    ['open maps', of('{')],
    ['nested dashes', of('- ')],
    ['closing brackets', of('}')],
    ['wrong escapes', `a: "${of('\\q')}"`],
    ['words after strings', of('a: "x" "y"\n')],
    ['keys', Array.from({ length: 300_000 }, (_, i) => `k${i}: 1\n`).join('')],
    ['a key again and again', of('a: 1\n')],
    ['keys in braces', `{${Array.from({ length: 300_000 }, (_, i) => `k${i}: 1`).join(', ')}}`],
    ['keys that are lists', '? [a, b]\n: 1\n'.repeat(1000)],
    ['anchors and aliases', Array.from({ length: 200_000 }, (_, i) => `- &a${i} x\n- *a${i}\n`).join('')],
    ['aliases of aliases', Array.from({ length: 12 }, (_, i) => `l${i}: &l${i} [${i ? of(`*l${i - 1},`, 40) : 'x'}]\n`).join('')],
    ['one alias', `- &a [x, x]\n${of('- *a\n')}`],
    ['merged maps', `a: &a {b: 1}\nc:\n${of('  <<: *a\n')}`],
    ['copies of a long text', `- &a ${of('x', 1_000_000)}\n- *a\n- *a\n- *a\n`],
    [
      'levels made of aliases',
      Array.from({ length: 8 }, (_, i) => `l${i}: &l${i} ${'['.repeat(300)}${i ? `*l${i - 1}` : 'x'}${']'.repeat(300)}\n`).join(''),
    ],
    ['directives', of('%a\n')],
    ['tags', of('- !<x y\n')],
  ] as const)
    test(`too many ${what} are refused`, () => {
      const read = (): unknown => {
        const { documents, fault } = composeYaml(text, 1)
        if (fault) throw new TypeError(fault.message)
        return yamlValue(documents[0]!)
      }
      assert.throws(
        () => quickly(read),
        (error) => (isApiError(error, 'BadRequest') || error instanceof TypeError) && error.message.length < 2000,
      )
    })

  test('documents past the wanted ones are not read', () => {
    assert.equal(quickly(() => composeYaml(of('---\na: 1\n'), 1)).documents.length, 2)
  })

  test('long scalars, blank lines and thousands of keys are read', () => {
    for (const text of [
      `a: ${of('x')}`,
      `a: |\n${of('  x\n', 500_000)}`,
      `a: x\n${of('\n', 100_000)}b: 1`,
      `a: ${of('1')}`,
      `a: 1${of('_')}x`,
    ])
      assert.equal(quickly(() => composeYaml(text, 1)).fault, undefined)
    const keys = Array.from({ length: 20_000 }, (_, i) => `k${i}: 1\n`).join('')
    const { value, repeatedKeys } = quickly(() => yamlValue(composeYaml(`${keys}k7: 2\n`, 1).documents[0]!))
    assert.equal(Object.keys(value as object).length, 20_000)
    assert.deepEqual(
      repeatedKeys.map(({ path }) => path),
      ['k7'],
    )
  })
})

describe('[API-33] values', () => {
  const schema = (format: string): Schema => ({ type: 'object', properties: { a: { type: 'string', format } } })

  for (const [format, text] of [
    ['byte', `${of(' ')}!`],
    ['byte', of('=')],
    ['byte', `a${of('\n')}=\n=\n!`],
    ['quantity', of('1')],
    ['quantity', `0.${of('0')}1`],
    ['date-time', `2026-01-01T00:00:00.${of('1')}Z`],
  ] as const)
    test(`${format} ${JSON.stringify(text.slice(0, 22))}… is of the wrong format, and that is said briefly`, () => {
      const [error = ''] = quickly(() => decodeObject({ a: text }, schema(format), {})).typeErrors
      assert.match(error, /^a: /)
      assert.ok(error.length < 2000)
    })

  test('base64 is what Go reads: whole groups, with line ends between', () => {
    const errorsOf = (a: string): string[] => decodeObject({ a }, schema('byte'), {}).typeErrors
    for (const text of ['', 'YQ==', 'YWI=', 'YWJj', 'YW\r\nJj\n']) assert.deepEqual(errorsOf(text), [], text)
    for (const text of ['YQ', 'YQ=', 'Y===', '=', 'YQ==YQ==', 'YW Jj', 'YW-_']) assert.equal(errorsOf(text).length, 1, text)
  })

  test('names of any length are checked', () => {
    for (const text of [`${of('a.a')}-`, of('a-'), of('-'), of('a/')]) {
      assert.ok(quickly(() => dns1123SubdomainErrors(text)).length > 0)
      assert.ok(quickly(() => qualifiedNameErrors(text)).length > 0)
    }
    assert.equal(parseQuantity(of('9')), undefined)
  })
})

describe('[API-35] messages', () => {
  test('name a hundred unknown fields and values of the wrong type, by paths that end', () => {
    const wrong = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`f${i}`, i]))
    const { unknownFields, typeErrors } = decodeObject(
      { ...wrong, labels: wrong, [of('x')]: 1 },
      { type: 'object', properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } } },
      {},
    )
    assert.equal(unknownFields.length, 100)
    assert.equal(typeErrors.length, 100)
    assert.ok(decodeObject({ [of('x')]: 1 }, { type: 'object', properties: {} }, {}).unknownFields[0]!.length < 600)
  })

  test('show the beginning of a value, at a cost that does not grow with it', () => {
    const large = { list: Array.from({ length: 100_000 }, () => ({ text: of('x', 100) })), text: of('y') }
    assert.ok(briefJson(large).length < 1100)
    assert.ok(briefJson(large.text).length < 1100)
    assert.equal(briefJson({ a: [1, 'b', null] }), '{"a":[1,"b",null]}')
    assert.equal(briefJson(undefined), 'null')
  })
})
