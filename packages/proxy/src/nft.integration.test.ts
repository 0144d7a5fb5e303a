import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'

import type { EndpointSlice, Service } from '@quarterdeck/api'

import { deleteTable, isChainLoaded, loadRules, runProgram } from './nft.ts'
import { markChain, planRuleset, type ProxyNode } from './plan-ruleset.ts'
import { renderChange, renderRuleset } from './ruleset.ts'

const table = `qd_test_${process.pid}`
const node: ProxyNode = { table, nodeName: 'n1', zone: undefined, podCidr: '10.213.77.0/24', servedHere: [], bridgeNetfilter: false }

const service = {
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    type: 'NodePort',
    clusterIP: '10.213.99.20',
    sessionAffinity: 'ClientIP',
    externalTrafficPolicy: 'Local',
    ports: [
      { name: 'http', port: 80, nodePort: 39_999 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
  status: {},
} as unknown as Service

const slice = {
  metadata: { name: 'web-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  ports: [
    { name: 'http', port: 8080, protocol: 'TCP' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ],
  endpoints: [
    { addresses: ['10.213.77.5'], nodeName: 'n1' },
    { addresses: ['10.213.78.6'], nodeName: 'n2' },
  ],
} as unknown as EndpointSlice

void describe('the kernel', () => {
  after(() => deleteTable(table))

  void test('takes a whole ruleset, then its changes, then nothing', async () => {
    const full = planRuleset([service], [slice], node)
    await loadRules(renderRuleset(full))
    assert.equal(await isChainLoaded(table, markChain), true)
    assert.match(await runProgram('nft', ['list', 'map', 'ip', table, 'service_ips']), /10\.213\.99\.20 \. tcp \. 80 : goto service-/)
    assert.equal(renderChange(full, full), '')
    const empty = planRuleset([], [], node)
    await loadRules(renderChange(empty, full))
    assert.equal((await runProgram('nft', ['list', 'table', 'ip', table])).includes('endpoint-'), false)
    await loadRules(renderChange(full, empty))
    const fewer = planRuleset([service], [{ ...slice, endpoints: slice.endpoints?.slice(0, 1) }], node)
    await loadRules(renderChange(fewer, full))
    const listed = async () => (await runProgram('nft', ['list', 'table', 'ip', table])).replace(/ expires \w+/g, '')
    const changed = await listed()
    await loadRules(renderRuleset(fewer))
    const sorted = (text: string) => text.split('\n').toSorted((a, b) => (a < b ? -1 : 1))
    assert.deepEqual(sorted(changed), sorted(await listed()), 'a change leads where a new table does')
    await deleteTable(table)
    assert.equal(await isChainLoaded(table, markChain), false)
    await assert.rejects(loadRules(renderChange(full, fewer)), /No such file or directory/)
  })
})
