import { defineConfig } from '@playwright/test'

const url = process.env['QUARTERDECK_URL']
if (!url) throw new Error('QUARTERDECK_URL is missing: the dashboard specs run against a running Quarterdeck')

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One worker and in order: the specs share one cluster. */
export default defineConfig({
  testDir: '.',
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  outputDir: '../../test-results/dashboard',
  use: {
    baseURL: url,
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: flags },
  },
})
