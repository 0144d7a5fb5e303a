import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

import { readHostRoutes, routesElsewhere } from './host-routes.ts'

const listed = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
qdold\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
qdnew\t0000F40A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
vpn\t0703F40A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
`

test('[N17] routes that take traffic of a subnet elsewhere are found', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'quarterdeck-routes-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'route'), listed)
  const routes = await readHostRoutes(join(folder, 'route'))
  const found = (cidr: string, own: string): string[] => routesElsewhere(routes, cidr, own).map((route) => route.interfaceName)
  assert.deepEqual(found('10.244.0.0/24', 'qdnew'), ['qdold'])
  assert.deepEqual(found('10.244.3.0/24', 'qdnew'), ['vpn'])
  assert.deepEqual(found('10.244.1.0/24', 'qdnew'), [])
  assert.deepEqual(await readHostRoutes(join(folder, 'none')), [])
})
