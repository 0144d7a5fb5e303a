import { expect, test, type Page } from '@playwright/test'
import axe, { type AxeResults } from 'axe-core'

import { application, service } from './manifests.ts'
import { announced, removeNamespace, rowOf, signIn, upload } from './pages.ts'

const namespace = `access-${Date.now().toString(36)}`
const web = `/deployments.apps/${namespace}/web`
const tooMany = `/what-if?steps=${encodeURIComponent(JSON.stringify([{ action: 'scale', kind: 'Deployment', namespace, name: 'web', replicas: 900 }]))}`

/** Pages, each with something that is there once it is drawn, and what is opened on it. */
const views: readonly { path: string; shows: string | RegExp; open?: (page: Page) => Promise<void> }[] = [
  { path: '/', shows: 'Requested of the nodes' },
  { path: '/control-plane', shows: 'Scheduler' },
  { path: tooMany, shows: 'left without a node' },
  { path: '/apply?example=1', shows: 'See it before it happens' },
  { path: `/pods?q=${namespace}`, shows: /^web-/ },
  { path: '/events', shows: 'Normal' },
  { path: '/pods?q=nothing-is-called-this', shows: 'Clear the filter' },
  { path: '/pods/default/nothing', shows: 'It is not here (any more)' },
  { path: '/nosuch', shows: 'There is no kind' },
  { path: web, shows: 'Containers of its pods' },
  { path: `${web}?tab=logs`, shows: 'tick' },
  { path: `${web}?tab=revisions`, shows: 'Revision 1' },
  { path: `${web}?tab=events`, shows: 'ScalingReplicaSet' },
  { path: `${web}?tab=yaml`, shows: 'replicas' },
  { path: `${web}?tab=history`, shows: 'What it changed' },
  { path: `/services/${namespace}/web`, shows: 'Endpoints (3)' },
  { path: `/namespaces/${namespace}`, shows: 'Config maps' },
  { path: web, shows: 'Summary', open: (page) => page.getByRole('button', { name: 'Delete' }).click() },
  { path: web, shows: 'Summary', open: (page) => page.getByRole('button', { name: 'Scale' }).click() },
  { path: web, shows: 'Summary', open: (page) => page.getByRole('button', { name: 'More actions' }).click() },
  { path: '/pods', shows: 'Running', open: (page) => page.getByRole('button', { name: 'Columns' }).click() },
  { path: '/pods', shows: 'Running', open: (page) => page.getByRole('button', { name: 'Namespaces: All namespaces' }).click() },
  { path: '/pods', shows: 'Running', open: (page) => page.keyboard.press('Control+k') },
  { path: '/pods', shows: 'Running', open: (page) => page.keyboard.press('?') },
]

test.describe.configure({ mode: 'serial' })

test.beforeAll(async ({ browser }) => {
  const page = await browser.newPage()
  await signIn(page)
  await upload(page, { 'application.yaml': application(namespace), 'service.yaml': service(namespace) })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(announced(page, '4 created')).toBeVisible()
  await page.goto(`/pods?q=${namespace}`)
  await expect(page.getByRole('button', { name: /Running\s*3/ })).toBeVisible({ timeout: 120_000 })
  await page.close()
})

test.afterAll(async ({ browser }) => {
  const page = await browser.newPage()
  await signIn(page)
  await removeNamespace(page, namespace)
  await page.close()
})

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme })

    test('[DB16] no page has a serious or critical violation of the accessibility rules', async ({ page }) => {
      await page.goto('/sign-in')
      await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
      const found = await violationsOf(page, '/sign-in')
      await signIn(page)
      for (const { path, shows, open } of views) {
        await page.goto(path)
        await expect(page.getByText(shows).first()).toBeVisible()
        await open?.(page)
        if (open) await expect(page.locator('[role="dialog"], [role="menu"]').first()).toBeVisible()
        found.push(...(await violationsOf(page, path)))
      }
      expect(found).toEqual([])
    })
  })

test('[DB17] nothing is wider than a phone', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 })
  await signIn(page)
  const tooWide: string[] = []
  for (const { path, shows } of views.filter(({ open }) => !open)) {
    await page.goto(path)
    await expect(page.getByText(shows).first()).toBeAttached()
    if (await page.evaluate<boolean>(isWiderThanScreen)) tooWide.push(path)
  }
  expect(tooWide).toEqual([])
})

test('[DB18] a list, its menu and its dialogs are worked with the keyboard alone', async ({ page }) => {
  await signIn(page)
  await page.goto(`/pods?q=${namespace}`)
  const rows = rowOf(page, /^web-/)
  await expect(rows).toHaveCount(3)
  await rows.first().focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows.nth(1)).toBeFocused()

  await page.keyboard.press('x')
  await expect(page.getByRole('toolbar', { name: 'Selected rows' })).toContainText('1 selected')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('toolbar', { name: 'Selected rows' })).toHaveCount(0)

  await page.keyboard.press('m')
  await expect(page.getByRole('menuitem', { name: 'Logs' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('menu')).toHaveCount(0)
  await expect(rows.nth(1).getByRole('button', { name: /^Actions for/ })).toBeFocused()

  await page.keyboard.press('m')
  await page.keyboard.press('End')
  await expect(page.getByRole('menuitem', { name: 'Delete…' })).toBeFocused()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Delete', exact: true })).toBeFocused()
  for (let pressed = 0; pressed < 6; pressed++) {
    await page.keyboard.press('Tab')
    await expect(dialog.locator(':focus')).toHaveCount(1)
  }
  await page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)
  await expect(rows).toHaveCount(3)
  await expect(rows.nth(1).getByRole('button', { name: /^Actions for/ }), 'the focus is back where it was').toBeFocused()

  await rows.nth(2).focus()
  await page.keyboard.press('Control+k')
  await expect(page.getByPlaceholder('Search objects, kinds and commands')).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(rows.nth(2), 'the focus is back where it was').toBeFocused()
})

/** Parts that scroll sideways by themselves may be wider. */
const isWiderThanScreen = `[document.documentElement, document.querySelector('main')].some((part) => part.scrollWidth > part.clientWidth)`

/** What is wrong and hinders people, with where it is. */
async function violationsOf(page: Page, path: string): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`)
  const { violations } = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${path}: ${id}: ${html.slice(0, 200)}`))
}
