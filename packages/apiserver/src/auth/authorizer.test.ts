import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { allowed, chainOf, denialOf, noOpinion, type Authorizer, type Decision, type SubjectRules } from './authorizer.ts'
import { attributesOf } from './testing/attributes.ts'

const denied: Decision = { decision: 'deny', reason: 'no' }
const noRules: SubjectRules = { resourceRules: [], nonResourceRules: [], incomplete: false, evaluationError: '' }
const answering = (answer: Decision | Promise<Decision>, rules = noRules): Authorizer => ({
  authorize: () => answer,
  rulesFor: () => Promise.resolve(rules),
})
const never: Authorizer = {
  authorize: () => assert.fail('it was asked'),
  rulesFor: () => Promise.resolve(noRules),
}
const request = attributesOf('get pods')

describe('[P7] a chain of authorizers', () => {
  test('is decided by the first that has an opinion', () => {
    assert.deepEqual(chainOf([answering(noOpinion('a')), answering(allowed('b')), never]).authorize(request), allowed('b'))
    assert.deepEqual(chainOf([answering(denied), never]).authorize(request), denied)
  })

  test('tells every reason if none has one', () => {
    const chain = chainOf([answering(noOpinion('a')), answering(noOpinion()), answering(noOpinion('b'))])
    assert.deepEqual(chain.authorize(request), noOpinion('a\nb'))
    assert.deepEqual(chainOf([]).authorize(request), noOpinion())
  })

  test('waits only for what is a promise', async () => {
    const chain = chainOf([answering(Promise.resolve(noOpinion('a'))), answering(denied)])
    assert.deepEqual(await chain.authorize(request), denied)
    assert.ok(!(chainOf([answering(denied)]).authorize(request) instanceof Promise))
  })

  test('has the rules of all, is incomplete if one is, and joins what went wrong', async () => {
    const one = { ...noRules, resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }], evaluationError: 'x' }
    const other = { ...noRules, incomplete: true, evaluationError: 'y' }
    const chain = chainOf([answering(denied, one), answering(denied, other), answering(denied, one)])
    const rules = await chain.rulesFor(request.user, 'ns')
    assert.deepEqual([rules.resourceRules.length, rules.incomplete, rules.evaluationError], [2, true, '[x, y]'])
  })
})

test('[P7] a denial says what was refused to whom, where, and why', () => {
  const texts: [what: string, expected: string][] = [
    ['get pods/log a in ns', 'User "ann" cannot get resource "pods/log" in API group "" in the namespace "ns": because'],
    ['list nodes', 'User "ann" cannot list resource "nodes" in API group "" at the cluster scope: because'],
    ['get /metrics', 'User "ann" cannot get path "/metrics": because'],
  ]
  for (const [what, expected] of texts) assert.equal(denialOf(attributesOf(what), 'because'), expected)
  assert.ok(denialOf(request, '').endsWith('scope'))
})
