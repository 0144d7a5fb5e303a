import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { startCluster } from './lib/cluster.ts'

const { product } = await startCluster()

test('the dashboard works in a browser', () => {
  const config = fileURLToPath(new URL('dashboard/playwright.config.ts', import.meta.url))
  const { status } = spawnSync('playwright', ['test', '--config', config], {
    stdio: 'inherit',
    env: { ...process.env, QUARTERDECK_URL: product.dashboardUrl, QUARTERDECK_PASSWORD: product.password },
  })
  assert.equal(status, 0, 'see what Playwright printed above')
})
