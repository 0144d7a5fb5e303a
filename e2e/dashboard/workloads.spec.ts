import { expect, test, type Page } from '@playwright/test'

import { announced, rowOf, signIn, upload } from './pages.ts'
import { budgetOf, namespaceManifest, releaseOf, storeWithClaim, yearlyCronJob } from './workload-manifests.ts'

const namespace = `workloads-${Date.now().toString(36)}`

test.describe.configure({ mode: 'serial' })

test.describe('workloads', () => {
  let page: Page

  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage()
    await signIn(page)
    await apply(page, {
      'namespace.yaml': namespaceManifest(namespace),
      'cron.yaml': yearlyCronJob(namespace),
      'shop.yaml': releaseOf(namespace, 'first'),
      'budget.yaml': budgetOf(namespace, 2),
      'store.yaml': storeWithClaim(namespace),
    })
  })
  test.afterAll(async () => {
    await page.goto(`/namespaces/${namespace}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
    await expect(page.getByText('Deleted', { exact: true })).toBeVisible({ timeout: 90_000 })
    await page.close()
  })

  test('[DB1] a CronJob is run now, and its Job completes', async () => {
    await page.goto(`/cronjobs.batch/${namespace}/report`)
    await page.getByRole('button', { name: 'Run now' }).click()
    await announced(page, 'is started').getByRole('button', { name: 'Show it' }).click()
    await expect(page.getByRole('heading', { name: /^report-manual-/, level: 1 })).toBeVisible()
    await expect(page.locator('header').getByText('Complete', { exact: true })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('tab', { name: 'Logs' }).click()
    await expect(page.getByRole('log').getByText('the report is made')).toBeVisible()
  })

  test('[DB2] a CronJob is suspended and resumed', async () => {
    await page.goto(`/cronjobs.batch/${namespace}/report`)
    await page.getByRole('button', { name: 'Suspend' }).click()
    await expect(announced(page, 'suspended')).toBeVisible()
    await expect(page.locator('header').getByText('Suspended', { exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.locator('header').getByText('Scheduled', { exact: true })).toBeVisible()
  })

  test('[DB3] a Deployment goes back to a revision, after what that changes was shown', async () => {
    await apply(page, { 'shop.yaml': releaseOf(namespace, 'second') })
    await page.goto(`/deployments.apps/${namespace}/shop?tab=revisions`)
    const revisions = page.getByRole('list', { name: 'Revisions, newest first' }).getByRole('button')
    await expect(revisions).toHaveCount(2, { timeout: 30_000 })
    await revisions.last().click()
    await expect(page.getByRole('region', { name: 'Difference to revision 1' })).toContainText('value: first')
    await page.getByRole('button', { name: 'Roll back to revision 1' }).click()
    await expect(announced(page, 'rolls back to revision 1')).toBeVisible()
    await expect(revisions.first()).toContainText('Revision 3')
    await expect(revisions.first()).toContainText('now')
    await page.getByRole('tab', { name: 'Summary' }).click()
    await expect(page.getByText('RELEASE=first')).toBeVisible()
    await expect(page.locator('header').getByText('Available', { exact: true })).toBeVisible({ timeout: 60_000 })
  })

  test('[DB4] a claim grows, and a smaller size is refused with a reason', async () => {
    await page.goto(`/persistentvolumeclaims/${namespace}/data-store-0`)
    await expect(page.locator('header').getByText('Bound', { exact: true })).toBeVisible({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Resize' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Size').fill('500Mi')
    await dialog.getByRole('button', { name: 'Resize' }).click()
    await expect(dialog.getByRole('alert')).toContainText('can only grow')
    await dialog.getByLabel('Size').fill('2Gi')
    await dialog.getByRole('button', { name: 'Resize' }).click()
    await expect(announced(page, 'grows from 1Gi to 2Gi')).toBeVisible()
    await expect(page.getByRole('definition').filter({ hasText: /^2Gi$/ })).toBeVisible({ timeout: 60_000 })
  })

  test('[DB5] an eviction is refused with what the budget needs, and done once the budget allows it', async () => {
    const evictFirst = async (): Promise<void> => {
      await page.goto(`/pods?q=${namespace}%20shop`)
      await expect(page.getByRole('button', { name: /Running\s*2/ })).toBeVisible({ timeout: 60_000 })
      await rowOf(page, /^shop-/)
        .first()
        .getByRole('button', { name: /^Actions for/ })
        .click()
      await page.getByRole('menuitem', { name: 'Evict' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Evict' }).click()
    }
    await evictFirst()
    await expect(announced(page, 'needs 2 healthy pods and has 2')).toBeVisible()
    await apply(page, { 'budget.yaml': budgetOf(namespace, 1) })
    await page.goto(`/poddisruptionbudgets.policy/${namespace}/shop`)
    await expect(page.getByText('1 of its 2 pods may be evicted.')).toBeVisible({ timeout: 30_000 })
    await evictFirst()
    await expect(announced(page, 'evicted')).toBeVisible()
  })

  test('[DB9] a pod shows what it uses now', async () => {
    await page.goto(`/pods/${namespace}/store-0`)
    const panel = page.locator('section').filter({ has: page.getByRole('heading', { name: 'In use now' }) })
    await expect(panel.getByRole('meter', { name: 'Memory' })).toBeVisible({ timeout: 60_000 })
  })
})

test('[DB7] a node is cordoned and uncordoned, and a drain is shown before it is done', async ({ page }) => {
  await signIn(page)
  await page.goto('/nodes')
  await page.getByRole('row').nth(1).getByRole('link').click()
  await page.getByRole('button', { name: 'Cordon', exact: true }).click()
  await expect(page.locator('header').getByText('Cordoned', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Uncordon' }).click()
  await expect(page.locator('header').getByText('Ready', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Drain' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('its pods are evicted one after the other')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.locator('header').getByText('Ready', { exact: true })).toBeVisible()
})

test('[DB10] the control plane shows who leads and what every controller does', async ({ page }) => {
  await signIn(page)
  await page.goto('/control-plane')
  await expect(page.getByText('A worker leads')).toBeVisible()
  const controllers = page.getByRole('region', { name: 'Controllers' })
  for (const name of ['deployment', 'replicaset', 'statefulset', 'daemonset', 'job', 'cronjob', 'namespace'])
    await expect(controllers.getByRole('rowheader', { name, exact: true })).toBeVisible()
  await expect(
    page.getByRole('region', { name: 'Queues of the scheduler' }).getByRole('rowheader', { name: /unschedulable/ }),
  ).toBeVisible()
})

/** Applies files and waits until that is done. */
async function apply(page: Page, files: Readonly<Record<string, string>>): Promise<void> {
  await upload(page, files)
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(page.getByRole('heading', { name: /^Applied/ })).toBeVisible()
}

test('[DB19] what was deleted is found again and restored', async ({ page }) => {
  const name = `deleted-${Date.now().toString(36)}`
  await signIn(page)
  await upload(page, {
    'config.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\ndata: { key: kept }\n`,
  })
  await page.getByRole('button', { name: 'Apply', exact: true }).click()
  await expect(announced(page, '1 created')).toBeVisible()
  await page.goto(`/configmaps/default/${name}`)
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible()

  await page.goto('/configmaps')
  await page.getByRole('link', { name: 'Deleted config maps' }).click()
  const deleted = page.getByRole('list', { name: 'Deleted config maps' })
  await expect(deleted.getByRole('listitem').filter({ hasText: name })).toContainText('ago by')
  await page.getByRole('button', { name: `Restore ${name}` }).click()
  await expect(announced(page, 'restored')).toBeVisible()
  await expect(page.getByRole('button', { name: `Restore ${name}` })).toHaveCount(0)
  await page.goto(`/configmaps/default/${name}`)
  await expect(page.getByText('kept')).toBeVisible()
})
