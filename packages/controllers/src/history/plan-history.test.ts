import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { isSameTemplate } from '../pods/template-hash.ts'
import { revisionOf, templateOf } from '../testing/sets.ts'
import { planRevision, planTruncation } from './plan-history.ts'
import { revisionDataOf, templateOfRevision } from './revision-data.ts'

const r1 = revisionOf('r1', 1, 'v1')
const r2 = revisionOf('r2', 2, 'v2')
const r3 = revisionOf('r3', 3, 'v3')

describe('[HI1] the revision of a template', () => {
  const summary = (image: string, revisions: (typeof r1)[]): string => {
    const plan = planRevision(templateOf(image), revisions)
    if (plan.do === 'create') return `create ${plan.number}`
    return plan.do === 'keep' ? `keep ${plan.revision.metadata.name}` : `renumber ${plan.revision.metadata.name} to ${plan.to}`
  }
  test('is the first', () => assert.equal(summary('v1', []), 'create 1'))
  test('is the newest', () => assert.equal(summary('v2', [r2, r1]), 'keep r2'))
  test('is new', () => assert.equal(summary('v4', [r3, r1]), 'create 4'))
  test('is an old one again', () => assert.equal(summary('v1', [r1, r2, r3]), 'renumber r1 to 4'))
})

describe('[HI3] a history', () => {
  const names = (inUse: string[], limit: number): string[] =>
    planTruncation([r3, r1, r2], new Set(inUse), limit).map(({ metadata }) => metadata.name)
  test('loses its oldest', () => assert.deepEqual(names(['r3'], 1), ['r1']))
  test('keeps what is in use', () => assert.deepEqual(names(['r3', 'r1'], 0), ['r2']))
  test('has room', () => assert.deepEqual(names(['r3'], 2), []))
  test('without a limit keeps all', () => assert.deepEqual(names([], -1), []))
})

describe('[HI2] a revision', () => {
  test('is a patch that puts its template in place of another', () => {
    const data = revisionDataOf({ spec: { containers: [{ name: 'c', image: 'i' }] }, metadata: { labels: { b: '1', a: '2' } } })
    assert.equal(
      JSON.stringify(data),
      '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"2","b":"1"}},"spec":{"containers":[{"image":"i","name":"c"}]}}}}',
    )
  })
  test('gives its template back', () => assert.ok(isSameTemplate(templateOfRevision(r1), templateOf('v1'))))
  test('of another form gives none', () => assert.equal(templateOfRevision({ ...r1, data: { x: 1 } }), undefined))
})
