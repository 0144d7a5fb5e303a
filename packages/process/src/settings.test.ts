import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'

import { networkSetting, SettingError } from './settings.ts'

const name = 'QUARTERDECK_TEST_CIDR'

describe('a network in the environment', () => {
  afterEach(() => delete process.env[name])

  for (const network of ['10.96.0.0/16', '10.0.0.0/8', '192.168.7.128/30'])
    test(`${network} is taken`, () => {
      process.env[name] = network
      assert.equal(networkSetting(name), network)
    })

  test('may be absent', () => assert.equal(networkSetting(name), undefined))

  for (const wrong of [
    '10.440.0.0/16',
    '10.96.0.1/16',
    '10.96.0.0',
    '10.96.0.0/33',
    '0.0.0.0/0',
    'fd00::/64',
    '10.96.0.0/16/1',
    '10.96.0.0/x',
  ])
    test(`${wrong} is refused in one line`, () => {
      process.env[name] = wrong
      assert.throws(
        () => networkSetting(name),
        (error) =>
          error instanceof SettingError && error.message.includes(`${name} must be an IPv4 network`) && !error.message.includes('\n'),
      )
    })
})
