import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'

import { contentSecurityPolicy, secure } from './page-security.ts'

const directive = (policy: string, name: string): string | undefined => policy.split('; ').find((part) => part.startsWith(`${name} `))

test('[DB29] a policy allows scripts of its nonce alone, no frame, and connections to where the page is from', () => {
  const policy = contentSecurityPolicy({ nonce: 'n0', host: 'deck.example:8443', isDevelopment: false })
  assert.equal(directive(policy, 'script-src'), "script-src 'self' 'nonce-n0' 'strict-dynamic'")
  assert.equal(directive(policy, 'connect-src'), "connect-src 'self' ws://deck.example:8443 wss://deck.example:8443")
  assert.equal(directive(policy, 'default-src'), "default-src 'none'")
  assert.equal(directive(policy, 'frame-ancestors'), "frame-ancestors 'none'")
  assert.doesNotMatch(policy, /unsafe-eval/)
  assert.match(contentSecurityPolicy({ nonce: 'n0', host: undefined, isDevelopment: true }), /'unsafe-eval'/)
})

test('[DB29] nobody writes into the policy by the name of a host', () => {
  for (const host of ["x; script-src 'unsafe-inline'", 'x y', 'x,y', ''])
    assert.equal(directive(contentSecurityPolicy({ nonce: 'n', host, isDevelopment: false }), 'connect-src'), "connect-src 'self'", host)
  assert.match(contentSecurityPolicy({ nonce: 'n', host: '[::1]:8080', isDevelopment: false }), /ws:\/\/\[::1\]:8080/)
})

test('[DB29] every answer has a nonce of its own, and none that its client has chosen', () => {
  const nonces = [1, 2].map(() => {
    const request = new IncomingMessage(new Socket())
    request.headers = { host: 'deck', 'content-security-policy': "script-src 'nonce-mine'", 'x-nonce': 'mine' }
    const response = new ServerResponse(request)
    secure(request, response, { isDevelopment: false })
    const policy = String(response.getHeader('content-security-policy'))
    assert.equal(request.headers['content-security-policy'], policy)
    assert.ok(policy.includes(`'nonce-${String(request.headers['x-nonce'])}'`))
    assert.doesNotMatch(policy, /mine/)
    for (const [name, value] of [
      ['x-content-type-options', 'nosniff'],
      ['referrer-policy', 'same-origin'],
      ['cross-origin-opener-policy', 'same-origin'],
      ['x-frame-options', 'DENY'],
    ] as const)
      assert.equal(response.getHeader(name), value)
    return request.headers['x-nonce']
  })
  assert.notEqual(nonces[0], nonces[1])
})
