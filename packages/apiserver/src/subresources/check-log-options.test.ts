import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { ApiError } from '@quarterdeck/api-machinery'

import { checkLogOptions } from './check-log-options.ts'

const time = '2026-01-01T00:00:00Z'

describe('[R8] options of a log', () => {
  const refused: [query: string, code: number, message: string][] = [
    ['tailLines=-1', 422, 'PodLogOptions "a" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 422, 'PodLogOptions "a" is invalid: limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 422, 'PodLogOptions "a" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0'],
    [
      `sinceSeconds=1&sinceTime=${time}`,
      422,
      'PodLogOptions "a" is invalid: : Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    ['stream=stdin', 422, 'PodLogOptions "a" is invalid: stream: Unsupported value: "stdin": supported values: "All", "Stderr", "Stdout"'],
    ['tailLines=x', 400, 'Invalid value: "x": query parameter tailLines must be a whole number'],
    ['sinceTime=x', 400, 'Invalid value: "x": query parameter sinceTime must be an RFC 3339 time'],
  ]
  for (const [query, code, message] of refused)
    test(`${query} is refused with ${code}`, () => {
      assert.throws(
        () => checkLogOptions(new URLSearchParams(query), 'a'),
        (error) => {
          assert(error instanceof ApiError)
          assert.deepEqual([error.code, error.message], [code, message])
          return true
        },
      )
    })

  for (const query of ['', 'tailLines=0&limitBytes=1&sinceSeconds=1', `sinceTime=${time}&stream=Stdout`, 'tailLines=&follow=maybe'])
    test(`${query || 'none'} is allowed`, () => checkLogOptions(new URLSearchParams(query), 'a'))
})
