import { expect, test, type Page } from '@playwright/test'

import { application, misspelt, service } from './manifests.ts'
import { announced, password, removeNamespace, rowOf, signIn, upload } from './pages.ts'

const namespace = `browser-${Date.now().toString(36)}`

test.describe.configure({ mode: 'serial' })

test.describe('the dashboard', () => {
  let page: Page

  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage()
  })
  test.afterAll(async () => {
    await page.close()
  })

  test('refuses a wrong password and lets the right one in', async () => {
    await page.goto('/pods')
    await expect(page).toHaveURL(/sign-in/)
    await page.getByLabel('Password').fill(`${password}-not`)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').filter({ hasText: 'wrong' })).toBeVisible()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Pods' })).toBeVisible()
  })

  test('refuses a path that is not well encoded', async ({ request }) => {
    expect((await request.get('/%E0%A4%A')).status()).toBe(400)
  })

  test('shows a mistake at its line and stores nothing', async () => {
    await upload(page, { 'good.yaml': application(`${namespace}-never`), 'bad.yaml': misspelt })
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    const complaint = page.getByRole('alert').getByRole('button')
    await expect(complaint).toContainText('bad.yaml:6')
    await expect(complaint).toContainText('spec.replcas')
    await expect(page.locator('.cm-lintRange-error')).toHaveText(/replcas/)
    await page.goto(`/namespaces?q=${namespace}-never`)
    await expect(page.getByText(/None of the/)).toBeVisible()
  })

  test('previews what would be stored, then applies several files together', async () => {
    await upload(page, { 'application.yaml': application(namespace), 'service.yaml': service(namespace) })
    await page.getByRole('button', { name: 'Preview' }).click()
    await expect(page.getByRole('heading', { name: 'This is what the server would store (4)' })).toBeVisible()
    await expect(page.getByRole('region', { name: `Difference of Deployment ${namespace}/web` })).toContainText('RollingUpdate')
    await page.getByRole('button', { name: 'Apply', exact: true }).click()
    await expect(announced(page, '4 created')).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Applied (4)' })).toBeVisible()
  })

  test('shows pods come up without being reloaded', async () => {
    await page.goto(`/pods?q=${namespace}`)
    await expect(page.getByRole('button', { name: /Running\s*3/ })).toBeVisible({ timeout: 120_000 })
    await expect(rowOf(page, /^web-/)).toHaveCount(3)
  })

  test('merges the logs of all pods, and searches them', async () => {
    await page.goto(`/deployments.apps/${namespace}/web?tab=logs`)
    const log = page.getByRole('log')
    await expect(log.getByText('tick').first()).toBeVisible()
    await page.getByLabel('Search the log').fill('started in')
    await expect(log.getByText(/^started in web-/)).toHaveCount(3)
  })

  test('scales, and the list follows', async () => {
    await page.goto(`/deployments.apps/${namespace}/web`)
    await page.getByRole('button', { name: 'Scale' }).click()
    await page.getByLabel('Replicas').fill('5')
    await page.getByRole('button', { name: 'Scale to 5' }).click()
    await expect(announced(page, 'scaled to 5')).toBeVisible()
    await page.goto(`/pods?q=${namespace}`)
    await expect(page.getByRole('button', { name: /Running\s*5/ })).toBeVisible({ timeout: 60_000 })
  })

  test('[DB15] the endpoints of a Service follow its pods', async ({ browser }) => {
    await page.goto(`/services/${namespace}/web`)
    await expect(page.getByRole('heading', { name: 'Endpoints (5)' })).toBeVisible()
    const other = await browser.newPage()
    await signIn(other)
    for (const replicas of [2, 5]) {
      await other.goto(`/deployments.apps/${namespace}/web`)
      await other.getByRole('button', { name: 'Scale' }).click()
      await other.getByLabel('Replicas').fill(String(replicas))
      await other.getByRole('button', { name: `Scale to ${replicas}` }).click()
      await expect(page.getByRole('heading', { name: `Endpoints (${replicas})` })).toBeVisible({ timeout: 60_000 })
    }
    await other.close()
  })

  test('says that it is not known what came of an action whose answer was lost', async () => {
    await page.goto(`/deployments.apps/${namespace}/web`)
    await page.route('**/api/trpc/objects.restart*', (route) => route.abort('connectionreset'))
    await page.getByRole('button', { name: 'Restart' }).click()
    await expect(announced(page, 'Not known whether done')).toBeVisible()
    await page.unroute('**/api/trpc/objects.restart*')
  })

  test('sorts, filters and opens with the keyboard alone', async () => {
    await page.keyboard.press('g')
    await page.keyboard.press('d')
    await expect(page.getByRole('heading', { name: 'Deployments' })).toBeVisible()
    await page.keyboard.press('/')
    await page.keyboard.type(namespace)
    await expect(rowOf(page, 'web')).toHaveCount(1)
    await page.keyboard.press('Escape')
    await rowOf(page, 'web').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { name: 'web', exact: true, level: 1 })).toBeVisible()
  })

  test('edits YAML after showing what the server would store', async () => {
    await page.goto(`/configmaps/${namespace}/page?tab=yaml`)
    await page.getByRole('button', { name: 'Edit' }).click()
    const editor = page.locator('.cm-content')
    await editor.getByText('hello from the browser').click()
    await page.keyboard.press('End')
    await page.keyboard.type(', edited')
    await page.getByRole('button', { name: 'Review and save' }).click()
    await expect(page.getByRole('dialog')).toContainText('hello from the browser, edited')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await expect(announced(page, 'page is saved')).toBeVisible()
  })

  test('[DB23] keeps what is being written while one looks elsewhere, through a reload, until it is saved or discarded', async () => {
    await page.goto(`/configmaps/${namespace}/page?tab=yaml`)
    await page.getByRole('button', { name: 'Edit' }).click()
    const editor = page.locator('.cm-content')
    await editor.getByText('hello from the browser').click()
    await page.keyboard.press('End')
    await page.keyboard.type(', not yet')
    await page.getByRole('tab', { name: 'Summary' }).click()
    await page.getByRole('tab', { name: 'YAML' }).click()
    await expect(editor).toContainText(', not yet')
    await page.reload()
    await expect(editor).toContainText(', not yet')
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect(editor).not.toContainText(', not yet')

    await upload(page, { 'later.yaml': application(`${namespace}-later`) })
    await page.getByRole('link', { name: 'Config maps' }).first().click()
    await expect(page.getByRole('heading', { name: 'Config maps' })).toBeVisible()
    await page.goBack()
    await expect(editor).toContainText(`${namespace}-later`)
  })

  test('remembers what changed and restores it', async () => {
    await page.goto(`/configmaps/${namespace}/page?tab=history`)
    const changes = page.getByRole('list', { name: 'Changes, newest first' }).getByRole('button')
    await expect(changes).toHaveCount(2)
    await changes.last().click()
    await page.getByRole('button', { name: 'Restore this revision' }).click()
    await expect(announced(page, 'again what it was')).toBeVisible()
    await expect(changes).toHaveCount(3)
  })

  test('says what goes with a delete, deletes, and the page knows', async () => {
    await page.goto(`/deployments.apps/${namespace}/web`)
    await page.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('Deleted with it')
    await expect(dialog).toContainText(/Pods \(5\)/)
    await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(announced(page, 'is being deleted')).toBeVisible()
    await expect(page.getByText('Deleted', { exact: true })).toBeVisible()
  })

  test('tells of each object that is restored whether it could be', async () => {
    const settings = (name: string, more = ''): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n${more}`
    const held = (more: string): Promise<void> => upload(page, { 'a.yaml': settings('undo-held', more), 'b.yaml': settings('undo-free') })
    const apply = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Apply', exact: true }).click()
      await expect(page.getByRole('heading', { name: /^Applied/ })).toBeVisible()
    }
    await held('  finalizers: [example.com/hold]\n')
    await apply()
    await page.goto(`/configmaps?q=${namespace}+undo`)
    for (const name of ['undo-held', 'undo-free']) await rowOf(page, name).getByRole('checkbox').click()
    await page.getByRole('button', { name: 'Delete' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect(rowOf(page, 'undo-free')).toHaveCount(0)
    await announced(page, 'being deleted').getByRole('button', { name: 'Undo' }).click()
    await expect(announced(page, 'Not done (1 of 2)')).toContainText('still being deleted and waits for example.com/hold')
    await expect(rowOf(page, 'undo-free')).toHaveCount(1)
    await held('')
    await apply()
  })

  test('removes a namespace with all that is in it', async () => {
    await removeNamespace(page, namespace)
  })
})

test('hides the values of a Secret until they are asked for', async ({ page }) => {
  const name = `secret-${Date.now().toString(36)}`
  await signIn(page)
  await upload(page, { 'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  key: hush-hush\n` })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(announced(page, '1 created')).toBeVisible()
  await page.goto(`/secrets/default/${name}`)
  await expect(page.getByText('••••••••')).toBeVisible()
  await expect(page.getByText('hush-hush')).toHaveCount(0)
  await page.getByRole('button', { name: 'Reveal values' }).click()
  await expect(page.getByText('hush-hush')).toBeVisible()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible()
})

test('runs the example application, from its preview to its removal', async ({ page }) => {
  await signIn(page)
  await page.goto('/apply?example=1')
  await expect(page.locator('.cm-content')).toContainText('A small web application')
  await page.getByRole('button', { name: 'Preview' }).click()
  await expect(page.getByRole('heading', { name: 'This is what the server would store (4)' })).toBeVisible()
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(announced(page, '4 created')).toBeVisible()
  await page.goto('/pods?q=example')
  await expect(page.getByRole('button', { name: /Running\s*3/ })).toBeVisible({ timeout: 120_000 })
  await expect(rowOf(page, /^web-/)).toHaveCount(3)
  await removeNamespace(page, 'example')
})
