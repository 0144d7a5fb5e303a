import { expect, test } from '@playwright/test'

import { signIn } from './pages.ts'

/** Pages of every make, each with something that is there once it is drawn; styles, workers and chunks of all of them are loaded. */
const pages: readonly { path: string; shows: string | RegExp }[] = [
  { path: '/', shows: 'Requested of the nodes' },
  { path: '/control-plane', shows: 'Scheduler' },
  { path: '/what-if', shows: 'What if' },
  { path: '/apply?example=1', shows: 'See it before it happens' },
  { path: '/pods', shows: 'Name' },
  { path: '/nodes', shows: 'Ready' },
  { path: '/events', shows: 'Name' },
  { path: '/namespaces/default', shows: 'Summary' },
  { path: '/namespaces/default?tab=yaml', shows: 'apiVersion' },
  { path: '/namespaces/default?tab=history', shows: /What it changed|change/ },
  { path: '/nosuch', shows: 'There is no kind “nosuch”' },
]

test('[DB29] no page breaks its own policy', async ({ page }) => {
  const violations: string[] = []
  page.on('console', (message) => {
    if (/content security policy|violates the following/i.test(message.text())) violations.push(`${page.url()}: ${message.text()}`)
  })
  await signIn(page)
  for (const { path, shows } of pages) {
    await page.goto(path)
    await expect(page.getByText(shows).first()).toBeVisible()
  }
  await page.goto('/pods')
  await expect(page.getByRole('heading', { name: 'Pods' })).toBeVisible()
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search objects, kinds and commands')).toBeFocused()
  expect(violations).toEqual([])
})

test('[DB29] every answer is protected, whatever it is', async ({ request }) => {
  for (const path of ['/', '/sign-in', '/nosuch', '/icon.svg', '/api/trpc/kinds.list', '/%E0%A4%A']) {
    const headers = (await request.get(path)).headers()
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy'], path).not.toContain('unsafe-eval')
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
  }
})

test('[DB29] another page can’t frame it', async ({ page, baseURL }) => {
  await page.setContent(`<iframe src="${baseURL}/sign-in"></iframe>`)
  await expect(page.frameLocator('iframe').getByLabel('Password')).toHaveCount(0)
})

test('[DB30] an address that shows nothing is a 404 with the dashboard’s own page', async ({ page, request }) => {
  for (const path of [
    '/nosuch',
    '/swagger.json',
    '/openid/v1/jwks',
    '/.well-known/openid-configuration',
    '/logs',
    '/apply/more',
    '/a/b/c/d',
  ])
    expect((await request.get(path)).status(), path).toBe(404)
  expect((await request.post('/nosuch')).status()).toBe(405)
  expect((await request.get('/pods/default/nothing')).status(), 'a stranger is told nothing').toBe(200)
  await signIn(page)
  for (const [path, status, shows] of [
    ['/apply/more', 404, 'There is no such page'],
    ['/nosuch', 404, 'There is no kind “nosuch”'],
    ['/pods/default/nothing', 404, 'It is not here (any more)'],
    ['/namespaces/default', 200, 'Summary'],
  ] as const) {
    expect((await page.goto(path))?.status(), path).toBe(status)
    await expect(page.getByText(shows).first()).toBeVisible()
  }
})
