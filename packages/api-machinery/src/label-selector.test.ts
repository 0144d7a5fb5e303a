import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { isApiError } from './api-error.ts'
import { parseFieldSelector } from './field-selector.ts'
import { formatLabelSelector, matchesLabelMap, matchesLabelSelector, matchesRequirements, parseLabelSelector } from './label-selector.ts'

const labels = { app: 'web', tier: 'front', version: '3' }

describe('label selectors', () => {
  const cases: [text: string, matches: boolean][] = [
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app!=web', false],
    ['other!=web', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['other notin (web)', true],
    ['app', true],
    ['!app', false],
    ['!other', true],
    ['version>2', true],
    ['version<3', false],
    ['app=web,tier in (back),version', false],
    ['app=web,tier in (front,back),version', true],
    ['app=', false],
  ]
  for (const [text, expected] of cases)
    test(`${JSON.stringify(text)} ${expected ? 'matches' : 'does not match'}`, () =>
      assert.equal(matchesRequirements(parseLabelSelector(text), labels), expected))

  for (const text of ['app=web,', 'a in (b', '=x', 'a b', 'a in b', 'UPPER CASE=x', 'a=b=c', `${'x'.repeat(64)}=y`, 'a>b']) {
    test(`${JSON.stringify(text.slice(0, 20))} is refused as a bad request`, () =>
      assert.throws(
        () => parseLabelSelector(text),
        (error) => isApiError(error, 'BadRequest'),
      ))
  }

  test('an absent selector matches nothing and an empty one everything', () => {
    assert.equal(matchesLabelSelector(undefined, labels), false)
    assert.equal(matchesLabelSelector({}, labels), true)
  })

  test('an empty label map selects nothing', () => assert.equal(matchesLabelMap({}, labels), false))

  test('labels of the prototype do not count', () => assert.equal(matchesRequirements(parseLabelSelector('constructor'), {}), false))

  test('the text form is sorted by key', () => {
    const selector = {
      matchLabels: { b: '1' },
      matchExpressions: [
        { key: 'a', operator: 'NotIn', values: ['y', 'x'] },
        { key: 'c', operator: 'Exists' },
      ],
    }
    assert.equal(formatLabelSelector(selector), 'a notin (x,y),b=1,c')
  })

  test('[API-34] a selector that is too long, or has too many requirements, is a bad request, and so is every odd one', () => {
    const long = 60_000
    for (const text of [
      'a,'.repeat(40_000),
      `a in (${'b,'.repeat(40_000)}c)`,
      Array.from({ length: 1001 }, (_, i) => `k${i}=v`).join(','),
      `${' '.repeat(long)}!`,
      `a${' '.repeat(long)}in`,
      `a in ${' '.repeat(long)}(`,
      '('.repeat(long),
      'a'.repeat(long),
      '!'.repeat(long),
    ])
      for (const parse of [parseLabelSelector, parseFieldSelector])
        assert.throws(
          () => parse(text),
          (error) => isApiError(error, 'BadRequest') && error.message.length < 2000,
        )
  })

  test('[API-34] thousands of values are looked up, not searched', () => {
    const values = Array.from({ length: 10_000 }, (_, i) => `v${i}`)
    const requirements = parseLabelSelector(`app in (${values.join(',')})`)
    const selector = { matchExpressions: [{ key: 'app', operator: 'NotIn', values }] }
    const started = performance.now()
    for (let i = 0; i < 10_000; i++) {
      assert.equal(matchesRequirements(requirements, { app: 'v9999' }), true)
      assert.equal(matchesRequirements(requirements, { app: 'other' }), false)
      assert.equal(matchesLabelSelector(selector, { app: 'v9999' }), false)
    }
    assert.ok(performance.now() - started < 2_000)
  })
})
