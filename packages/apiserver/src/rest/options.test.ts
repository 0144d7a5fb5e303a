import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'

import { configMap, configMapsPath, isStatus, pod, podsPath } from '../testing/requests.ts'
import { startRestServer, type RestServer } from '../testing/rest-server.ts'

let server: RestServer
before(async () => {
  server = await startRestServer()
  await server.call('POST', configMapsPath, { body: configMap('c') })
  await server.call('POST', podsPath, { body: pod('p') })
})
after(() => server.close())

const merge = { 'content-type': 'application/merge-patch+json' }
const deleteOptions = (options: object): object => ({ kind: 'DeleteOptions', apiVersion: 'v1', ...options })
const withKind = { kind: 'Pod', apiVersion: 'v1' }
const long = 'x'.repeat(129)

/** What no verb may be asked with, in the query and in the body: nothing is written, and the answer names the options type. */
const refused: [
  what: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> },
  code: number,
  says: RegExp,
][] = [
  [
    'a dry run of another name',
    'DELETE',
    `${configMapsPath}/c?dryRun=x`,
    {},
    422,
    /DeleteOptions.* "" is invalid: dryRun: Unsupported value: \["x"\]/,
  ],
  ['an empty dry run', 'DELETE', `${configMapsPath}/c?dryRun=`, {}, 422, /dryRun/],
  ['one that is half right', 'DELETE', `${configMapsPath}/c?dryRun=All&dryRun=x`, {}, 422, /dryRun/],
  ['a dry run of another name in the body', 'DELETE', `${configMapsPath}/c`, { body: deleteOptions({ dryRun: ['x'] }) }, 422, /dryRun/],
  ['the same without a kind', 'DELETE', `${configMapsPath}/c`, { body: { dryRun: ['x'] } }, 422, /dryRun/],
  ['a dry run that is no list', 'DELETE', `${configMapsPath}/c`, { body: { dryRun: 'All' } }, 400, /dryRun/],
  ['a body of another kind', 'DELETE', `${configMapsPath}/c`, { body: withKind }, 400, /must be a DeleteOptions object, not "Pod" in "v1"/],
  ['a body that is a list', 'DELETE', `${configMapsPath}/c`, { body: [] }, 400, /DeleteOptions/],
  [
    'a policy that there is not',
    'DELETE',
    `${configMapsPath}/c?propagationPolicy=x`,
    {},
    422,
    /propagationPolicy: Unsupported value: "x": supported values: "Foreground", "Background", "Orphan", "nil"/,
  ],
  ['an empty policy', 'DELETE', `${configMapsPath}/c?propagationPolicy=`, {}, 422, /propagationPolicy/],
  [
    'a policy that there is not in the body',
    'DELETE',
    `${configMapsPath}/c`,
    { body: { propagationPolicy: 'x' } },
    422,
    /propagationPolicy/,
  ],
  ['two policies', 'DELETE', `${configMapsPath}/c?propagationPolicy=Orphan&orphanDependents=true`, {}, 422, /cannot be both set/],
  [
    'two policies in the body',
    'DELETE',
    `${configMapsPath}/c`,
    { body: { propagationPolicy: 'Orphan', orphanDependents: true } },
    422,
    /cannot be both set/,
  ],
  ['a grace period that is no number', 'DELETE', `${configMapsPath}/c?gracePeriodSeconds=soon`, {}, 400, /gracePeriodSeconds/],
  [
    'a grace period that is no whole number',
    'DELETE',
    `${configMapsPath}/c`,
    { body: { gracePeriodSeconds: 1.5 } },
    400,
    /gracePeriodSeconds/,
  ],
  ['preconditions of a wrong type', 'DELETE', `${configMapsPath}/c`, { body: { preconditions: 'x' } }, 400, /preconditions/],
  ['a dry run of another name, of a collection', 'DELETE', `${configMapsPath}?dryRun=x`, {}, 422, /dryRun/],
  ['the same in the body', 'DELETE', configMapsPath, { body: { dryRun: ['x'] } }, 422, /dryRun/],
  ['a policy that there is not, of a collection', 'DELETE', `${configMapsPath}?propagationPolicy=x`, {}, 422, /propagationPolicy/],
  ['the same in the body', 'DELETE', configMapsPath, { body: { propagationPolicy: 'x' } }, 422, /propagationPolicy/],
  ['a body of another kind, of a collection', 'DELETE', configMapsPath, { body: withKind }, 400, /DeleteOptions/],
  ['a limit that is no number, of a collection', 'DELETE', `${configMapsPath}?limit=x`, {}, 400, /limit/],
  [
    'a dry run of another name in an Eviction',
    'POST',
    `${podsPath}/p/eviction`,
    { body: { deleteOptions: { dryRun: ['x'] } } },
    422,
    /dryRun/,
  ],
  ['a dry run of another name', 'POST', `${configMapsPath}?dryRun=x`, { body: configMap('new') }, 422, /CreateOptions.*dryRun/],
  ['a dry run of another name', 'PUT', `${configMapsPath}/c?dryRun=x`, { body: configMap('c', { a: 'b' }) }, 422, /UpdateOptions.*dryRun/],
  [
    'a dry run of another name',
    'PATCH',
    `${configMapsPath}/c?dryRun=x`,
    { body: { data: { a: 'b' } }, headers: merge },
    422,
    /PatchOptions.*dryRun/,
  ],
  ['a dry run of another name of a status', 'PATCH', `${podsPath}/p/status?dryRun=x`, { body: {}, headers: merge }, 422, /PatchOptions/],
  [
    'a dry run of another name of a binding',
    'POST',
    `${podsPath}/p/binding?dryRun=x`,
    { body: { target: { name: 'n' } } },
    422,
    /CreateOptions/,
  ],
  [
    'force, which is for apply',
    'PATCH',
    `${configMapsPath}/c?force=true`,
    { body: {}, headers: merge },
    422,
    /force: Forbidden: may not be specified for non-apply patch/,
  ],
  [
    'validation of another name',
    'POST',
    `${configMapsPath}?fieldValidation=x`,
    { body: configMap('new') },
    422,
    /fieldValidation: Unsupported value: "x"/,
  ],
  [
    'a manager with a long name',
    'POST',
    `${configMapsPath}?fieldManager=${long}`,
    { body: configMap('new') },
    422,
    /fieldManager: Too long/,
  ],
  [
    'a manager whose name cannot be printed',
    'PUT',
    `${configMapsPath}/c?fieldManager=a%00b`,
    { body: configMap('c') },
    422,
    /invalid character U\+0000 \(at position 1\)/,
  ],
]

describe('[OP1] options that a verb cannot have are refused, and nothing is done', () => {
  for (const [what, method, path, options, code, says] of refused)
    test(`${method} ${path.slice(0, 90)}: ${what}`, async () => {
      const answer = await server.call(method, path, options)
      isStatus(answer, code, code === 422 ? 'Invalid' : 'BadRequest')
      assert.match(answer.json.message, says)
      assert.deepEqual((await server.call('GET', `${configMapsPath}/c`)).json.data, undefined)
      assert.equal((await server.call('GET', `${configMapsPath}/c`)).status, 200)
      assert.equal((await server.call('GET', `${configMapsPath}/new`)).status, 404)
      assert.equal((await server.call('GET', `${podsPath}/p`)).json.metadata.deletionTimestamp, undefined)
    })
})

test('[OP2] a dry run asked for in the query or in the body deletes nothing', async () => {
  for (const [path, body] of [
    [`${configMapsPath}/c?dryRun=All`, undefined],
    [`${configMapsPath}/c?dryRun=All`, deleteOptions({})],
    [`${configMapsPath}/c`, deleteOptions({ dryRun: ['All'] })],
    [configMapsPath, deleteOptions({ dryRun: ['All', 'All'] })],
    [`${configMapsPath}?dryRun=All`, undefined],
  ] as const) {
    assert.equal((await server.call('DELETE', path, { body })).status, 200)
    assert.equal((await server.call('GET', `${configMapsPath}/c`)).status, 200)
  }
})

test('[API-35] a warning may hold any character but those of control', async () => {
  const body = `{"metadata":{"name":"warned"},"😀 \u0142":1,"\u007f":1}`
  const { status, headers } = await server.call('POST', configMapsPath, { body })
  assert.equal(status, 201)
  assert.match(Buffer.from(String(headers['warning']), 'latin1').toString(), /^299 - "unknown field .*😀 ł\\""$/)
})
