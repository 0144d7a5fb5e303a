import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import type { Service } from '@quarterdeck/api'
import packet from 'dns-packet'

import { DnsIndex } from './dns-index.ts'
import { respond } from './respond.ts'
import { Upstream } from './upstream.ts'

const index = new DnsIndex('cluster.local')
index.setService({
  metadata: { name: 'web', namespace: 'shop' },
  spec: { clusterIP: '10.96.0.20', clusterIPs: ['10.96.0.20'] },
} as unknown as Service)
index.setService({
  metadata: { name: 'many', namespace: 'shop' },
  spec: { clusterIPs: Array.from({ length: 60 }, (_, i) => `10.96.1.${i}`), clusterIP: '10.96.1.0' },
} as unknown as Service)
const options = { index, upstream: new Upstream([]) }

const query = (name: string, extra: Partial<packet.Packet> = {}) =>
  packet.encode({ type: 'query', id: 7, flags: packet.RECURSION_DESIRED, questions: [{ type: 'A', name }], ...extra })

async function ask(message: Buffer, transport: 'udp' | 'tcp' = 'udp') {
  const response = await respond(message, transport, options)
  assert.ok(response)
  return packet.decode(response) as packet.DecodedPacket & { rcode: string }
}

void describe('a DNS message', () => {
  void test('with a question about the cluster is answered with authority, under its own number', async () => {
    const response = await ask(query('web.shop.svc.cluster.local'))
    assert.equal(response.id, 7)
    assert.equal(response.flag_aa, true)
    assert.equal(response.flag_rd, true)
    assert.deepEqual(
      response.answers?.map((record) => (record as packet.StringAnswer).data),
      ['10.96.0.20'],
    )
  })

  void test('[D2][D3] with an unknown name gets NXDOMAIN, and one of elsewhere SERVFAIL where there is no elsewhere', async () => {
    assert.equal((await ask(query('x.shop.svc.cluster.local'))).rcode, 'NXDOMAIN')
    assert.equal((await ask(query('example.com'))).rcode, 'SERVFAIL')
  })

  void test('[D4] whose answer is too long for UDP is told to come again by TCP', async () => {
    const cut = await ask(query('many.shop.svc.cluster.local'))
    assert.equal(cut.flag_tc, true)
    assert.equal(cut.answers?.length, 0)
    assert.equal((await ask(query('many.shop.svc.cluster.local'), 'tcp')).answers?.length, 60)
    const big = query('many.shop.svc.cluster.local', {
      additionals: [
        { type: 'OPT', name: '.', udpPayloadSize: 4096, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] },
      ],
    })
    assert.equal((await ask(big)).answers?.length, 60)
  })

  void test('that is none is not answered', async () => {
    assert.equal(await respond(Buffer.from('GET / HTTP/1.1'), 'udp', options), undefined)
    assert.equal(await respond(Buffer.alloc(0), 'udp', options), undefined)
  })
})
